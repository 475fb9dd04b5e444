using Microsoft.Playwright;

namespace VenvBuild.Server.Tests;

/// <summary>What every page owes to those who do not see it, or see it badly, or have no mouse (after WCAG 2.2, levels A and AA).</summary>
internal static class Accessibility
{
    // One look at the page as it is rendered. Colours are read from the computed styles, through what is transparent down to the first background.
    private const string Script =
        """
        () => {
          const faults = [];
          const told = element => element.outerHTML.slice(0, 120);
          const isShown = element => element.checkVisibility() && element.getClientRects().length > 0;
          const nameOf = element => {
            const by = (element.getAttribute("aria-labelledby") || "").split(/\s+/).map(id => document.getElementById(id)?.textContent || "").join(" ");
            const label = element.id && document.querySelector(`label[for="${element.id}"]`)?.textContent;
            return (by.trim() || element.getAttribute("aria-label") || label || [...element.querySelectorAll("img")].map(image => image.alt).join("") + element.textContent || element.value || "").trim();
          };
          if (!document.documentElement.lang) faults.push("no language");
          if (document.title.trim().length < 3) faults.push("no title");
          if (document.querySelectorAll("main").length !== 1) faults.push("not one main");
          for (const landmark of ["header", "nav", "footer"]) if (!document.querySelector(landmark)) faults.push("no " + landmark);
          if (document.querySelectorAll("h1").length !== 1) faults.push("not one h1");
          let level = 0;
          for (const heading of document.querySelectorAll("h1, h2, h3, h4, h5, h6")) {
            const own = Number(heading.tagName[1]);
            if (own > level + 1) faults.push("heading skips a level: " + told(heading));
            if (!heading.textContent.trim()) faults.push("empty heading");
            level = own;
          }
          const ids = [...document.querySelectorAll("[id]")].map(element => element.id);
          for (const id of new Set(ids.filter((id, i) => ids.indexOf(id) !== i))) faults.push("id twice: " + id);
          for (const control of document.querySelectorAll("a[href], button, input:not([type=hidden]), select, summary, [role=region], [role=log], meter"))
            if (!nameOf(control)) faults.push("no name: " + told(control));
          for (const input of document.querySelectorAll("input:not([type=hidden]), select"))
            if (!document.querySelector(`label[for="${input.id}"]`)) faults.push("no label: " + told(input));
          for (const image of document.querySelectorAll("img")) if (!image.hasAttribute("alt")) faults.push("no alt: " + told(image));
          for (const drawing of document.querySelectorAll("svg")) if (!drawing.querySelector("title") && drawing.getAttribute("aria-hidden") !== "true") faults.push("svg without title");
          for (const navigation of document.querySelectorAll("nav")) if (!nameOf(navigation)) faults.push("nav without name");
          for (const table of document.querySelectorAll("table")) {
            if (!table.querySelector("th[scope]")) faults.push("table without headers");
            for (const row of table.querySelectorAll("tbody tr"))
              if (row.children.length !== table.querySelector("thead tr").children.length) faults.push("row of another length: " + told(row));
          }
          for (const reference of document.querySelectorAll("[aria-labelledby], [aria-describedby]"))
            for (const id of ((reference.getAttribute("aria-labelledby") || "") + " " + (reference.getAttribute("aria-describedby") || "")).trim().split(/\s+/))
              if (!document.getElementById(id)) faults.push("refers to nothing: " + id);
          if (document.querySelector("[style], style, script:not([src])")) faults.push("inline style or script");
          if ([...document.querySelectorAll("[tabindex]")].some(element => element.tabIndex > 0)) faults.push("an order of its own for focus");
          for (const scrolling of document.querySelectorAll("main *"))
            if (isShown(scrolling) && ["auto", "scroll"].includes(getComputedStyle(scrolling).overflowX) && scrolling.scrollWidth > scrolling.clientWidth + 1 && scrolling.tabIndex < 0)
              faults.push("scrolls and takes no focus: " + told(scrolling));
          if (document.documentElement.scrollWidth > document.documentElement.clientWidth) {
            const wide = [...document.querySelectorAll("body *")].filter(element => element.getBoundingClientRect().right > document.documentElement.clientWidth + 1).slice(0, 3).map(told);
            faults.push("the page scrolls sideways: " + wide.join(" | "));
          }

          const parse = text => {
            const [r, g, b, a = 1] = text.match(/[\d.]+/g).map(Number);
            return { r, g, b, a };
          };
          const over = (top, below) => ({
            r: top.r * top.a + below.r * (1 - top.a), g: top.g * top.a + below.g * (1 - top.a), b: top.b * top.a + below.b * (1 - top.a), a: 1,
          });
          const backOf = element => {
            const layers = [];
            for (let at = element; at; at = at.parentElement) {
              const colour = parse(getComputedStyle(at).backgroundColor);
              if (colour.a > 0) layers.push(colour);
              if (colour.a === 1) break;
            }
            return layers.reverse().reduce((below, top) => over(top, below), { r: 255, g: 255, b: 255, a: 1 });
          };
          const light = ({ r, g, b }) => {
            const part = value => { const share = value / 255; return share <= 0.04045 ? share / 12.92 : ((share + 0.055) / 1.055) ** 2.4; };
            return 0.2126 * part(r) + 0.7152 * part(g) + 0.0722 * part(b);
          };
          const contrast = (one, other) => { const [high, low] = [light(one), light(other)].sort((a, b) => b - a); return (high + 0.05) / (low + 0.05); };
          const seen = new Set();
          const walker = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT);
          while (walker.nextNode()) {
            const element = walker.currentNode.parentElement;
            if (!walker.currentNode.textContent.trim() || seen.has(element) || !isShown(element) || element.closest(".hidden, .skip, noscript, title, desc")) continue;
            seen.add(element);
            const style = getComputedStyle(element);
            const box = element.closest("svg.graph a")?.querySelector("rect");
            const back = box ? parse(getComputedStyle(box).fill) : backOf(element);
            const ink = over(parse(element.closest("svg") ? style.fill : style.color), back);
            const large = parseFloat(style.fontSize) >= 24 || (parseFloat(style.fontSize) >= 18.66 && Number(style.fontWeight) >= 700);
            const ratio = contrast(ink, back);
            if (ratio < (large ? 3 : 4.5)) faults.push(`contrast ${ratio.toFixed(2)}: ${told(element)}`);
          }
          return faults;
        }
        """;

    /// <summary>The page has none of the faults that are looked for.</summary>
    public static async Task AssertAccessibleAsync(this IPage page) =>
        Assert.Empty((await page.EvaluateAsync<string[]>(Script)).Select(fault => $"{new Uri(page.Url).PathAndQuery}: {fault}"));
}
