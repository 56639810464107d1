namespace AuditTracker.People;

/// <summary>The door of the room.</summary>
public static class PeopleRoom
{
    public static IServiceCollection AddPeople(this IServiceCollection services) => services.AddSingleton<PeopleList>().AddSingleton<PeopleImportStore>().AddSingleton<ImportPeople>().AddSingleton<ImportStructure>().AddSingleton<CloseDepartment>().AddSingleton<EditPerson>();

    public static void MapPeople(this IEndpointRouteBuilder app) => PeopleApi.Map(app);
}
