namespace AuditTracker.Company;

/// <summary>What a company appoints people to; data, not code (<c>templates/appointments</c>).</summary>
public sealed class AppointmentKind
{
    public string Key { get; set; } = "";
    public string TitleJa { get; set; } = "";
    public string TitleEn { get; set; } = "";

    /// <summary>Which framework asks for it, and where.</summary>
    public string AskedJa { get; set; } = "";
    public string AskedEn { get; set; } = "";

    /// <summary>What follows from it.</summary>
    public string EffectJa { get; set; } = "";
    public string EffectEn { get; set; } = "";

    /// <summary>Kinds of one group are never the same person's at the same time; empty: no such rule.</summary>
    public string Apart { get; set; } = "";

    /// <summary>One holder at a time, of each department when <see cref="PerDepartment"/>.</summary>
    public bool Single { get; set; }
    public bool PerDepartment { get; set; }

    /// <summary>A gap while nobody holds it.</summary>
    public bool Required { get; set; }

    public string Title(string language) => language == "en" ? TitleEn : TitleJa;
    public string Asked(string language) => language == "en" ? AskedEn : AskedJa;
    public string Effect(string language) => language == "en" ? EffectEn : EffectJa;
}

/// <summary>An appointment of a person, from–to, both inclusive.</summary>
public sealed class Appointment
{
    public long Id { get; set; }
    public string Kind { get; set; } = "";
    public string TitleJa { get; set; } = "";
    public string TitleEn { get; set; } = "";
    public string AskedJa { get; set; } = "";
    public string AskedEn { get; set; } = "";
    public long PersonId { get; set; }
    public string EmployeeNo { get; set; } = "";
    public string Name { get; set; } = "";
    public DateOnly? LeftOn { get; set; }
    public string? DepartmentCode { get; set; }
    public string? DepartmentName { get; set; }
    public DateOnly FromOn { get; set; }
    public DateOnly? ToOn { get; set; }
    public string AppointedBy { get; set; } = "";
    public string Document { get; set; } = "";

    public string Title(string language) => language == "en" ? TitleEn : TitleJa;
    public string Asked(string language) => language == "en" ? AskedEn : AskedJa;
    public bool Holds(DateOnly day) => FromOn <= day && (ToOn is null || day <= ToOn);

    /// <summary>The person leaves, or has left, before the appointment ends: somebody else must be appointed.</summary>
    public bool OutlivesEmployment => LeftOn is { } left && (ToOn is null || ToOn > left);
}

/// <summary>Something missing on a day.</summary>
/// <param name="Kind">What nobody holds, or what the person leaving holds.</param>
/// <param name="Held">Null: nobody holds it.</param>
public sealed record AppointmentGap(AppointmentKind Kind, Appointment? Held);
