namespace AuditTracker.Training;

/// <summary>The door of the room.</summary>
public static class TrainingRoom
{
    public static IServiceCollection AddTraining(this IServiceCollection services) => services
        .AddSingleton<CourseStore>().AddSingleton<LoadCourses>();
}
