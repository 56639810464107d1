namespace AuditTracker.Training;

/// <summary>The door of the room.</summary>
public static class TrainingRoom
{
    public static IServiceCollection AddTraining(this IServiceCollection services)
    {
        foreach (var secret in TrainingMails.Secrets)
        {
            services.AddSingleton(secret);
        }
        return services
            .AddSingleton<CourseStore>().AddSingleton<LoadCourses>().AddSingleton<EditCourse>().AddSingleton<CourseArchive>().AddSingleton<CourseFiles>()
            .AddSingleton<CampaignStore>().AddSingleton<AudienceStore>().AddSingleton<PlanCampaign>().AddSingleton<StartCampaigns>().AddSingleton<FollowPeopleEvents>()
            .AddSingleton<ExemptPeople>().AddSingleton<RecordAttendance>().AddSingleton<CloseCampaign>().AddSingleton<CampaignFacts>()
            .AddSingleton<ApprovalStore>().AddSingleton<Cadence>().AddSingleton<RemindTrainees>()
            .AddSingleton<TrainingLinks>().AddSingleton<TakeTraining>();
    }
}
