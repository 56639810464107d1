using Microsoft.Playwright;

namespace AuditTracker.Browser.Support;

/// <summary>How somebody presses things: with a mouse, or with Tab, Enter and Space alone.</summary>
public abstract class Hand
{
    public static readonly Hand Mouse = new Pointer();
    public static readonly Hand Keys = new Keyboard();

    /// <summary>A link or a button.</summary>
    public abstract Task PressAsync(ILocator what);

    /// <summary>A box that becomes ticked.</summary>
    public abstract Task TickAsync(ILocator box);

    /// <summary>Goes there with Tab.</summary>
    public static Task ReachAsync(ILocator what) => Keyboard.GoAsync(what);

    private sealed class Pointer : Hand
    {
        public override Task PressAsync(ILocator what) => what.ClickAsync();
        public override Task TickAsync(ILocator box) => box.CheckAsync();
    }

    private sealed class Keyboard : Hand
    {
        /// <summary>Stops of the longest page; who is not there by then cannot get there.</summary>
        private const int MostStops = 250;

        public override async Task PressAsync(ILocator what)
        {
            await GoAsync(what);
            await what.Page.Keyboard.PressAsync("Enter");
        }

        public override async Task TickAsync(ILocator box)
        {
            await GoAsync(box);
            await box.Page.Keyboard.PressAsync("Space");
            Assert.True(await box.IsCheckedAsync());
        }

        internal static async Task GoAsync(ILocator what)
        {
            await what.WaitForAsync();
            for (var stop = 0; stop < MostStops; stop++)
            {
                if (await what.EvaluateAsync<bool>("e => e === document.activeElement"))
                {
                    return;
                }
                await what.Page.Keyboard.PressAsync("Tab");
            }
            Assert.Fail($"{what.Page.Url}: Tab does not reach {what}");
        }
    }
}
