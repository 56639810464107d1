using System.Text;
using ExcelDataReader;

namespace AuditTracker.Browser.Support;

/// <summary>Reads a workbook that was downloaded.</summary>
internal static class Sheets
{
    /// <summary>Every value of every sheet.</summary>
    public static HashSet<object> Cells(string path)
    {
        Encoding.RegisterProvider(CodePagesEncodingProvider.Instance);
        using var file = File.OpenRead(path);
        using var reader = ExcelReaderFactory.CreateReader(file);
        var cells = new HashSet<object>();
        do
        {
            while (reader.Read())
            {
                cells.UnionWith(Enumerable.Range(0, reader.FieldCount).Select(reader.GetValue).Where(value => value is not null));
            }
        }
        while (reader.NextResult());
        return cells;
    }
}
