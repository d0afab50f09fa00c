"""What is wrong with the look of a page, by its computed styles, its boxes and axe-core."""

from typing import Any

from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Page

_SHOWN = """
const shown = (e) => e.checkVisibility({ opacityProperty: true, visibilityProperty: true })
  && !e.closest('.sr, .sr-only, [inert], .visually-hidden, svg');
const said = (e) => [...e.childNodes].filter((n) => n.nodeType === Node.TEXT_NODE).map((n) => n.data).join('').trim();
const texts = [...document.querySelectorAll('body *')].filter((e) =>
  !['SCRIPT', 'STYLE', 'OPTION'].includes(e.tagName) && shown(e) && (said(e) || e.value || e.placeholder));
const words = (e) => (said(e) || e.value || e.placeholder || '').slice(0, 30);
const named = (e) => `${e.localName}${e.id && '#' + e.id}.${e.className} "${words(e)}"`;
"""
_FAINT = (
    "() => {"
    + _SHOWN
    + """
const parse = (colour) => { const [r, g, b, a = 1] = colour.match(/[\\d.]+/g).map(Number); return [r, g, b, a]; };
const over = ([r, g, b, a], [R, G, B]) => [r * a + R * (1 - a), g * a + G * (1 - a), b * a + B * (1 - a), 1];
const ground = (e) => {
  const layers = [];
  for (let up = e; up; up = up.parentElement) layers.push(parse(getComputedStyle(up).backgroundColor));
  return layers.reverse().reduce((under, layer) => over(layer, under), [255, 255, 255, 1]);
};
const luminance = (colour) => {
  const [r, g, b] = colour.map((c) => c / 255).map((c) => c <= 0.04045 ? c / 12.92 : ((c + 0.055) / 1.055) ** 2.4);
  return 0.2126 * r + 0.7152 * g + 0.0722 * b;
};
const told = [];
for (const e of texts) {
  if (e.disabled || e.closest('label')?.querySelector('input:disabled')) continue;
  if (['radio', 'checkbox', 'file'].includes(e.type)) continue;
  const style = getComputedStyle(e, said(e) || e.value ? null : '::placeholder');
  const size = parseFloat(style.fontSize);
  const wanted = size >= 24 || (size >= 18.66 && style.fontWeight >= 700) ? 3 : 4.5;
  const behind = ground(e);
  const [dark, light] = [luminance(over(parse(style.color), behind)), luminance(behind)].sort((a, b) => a - b);
  const contrast = (light + 0.05) / (dark + 0.05);
  if (contrast < wanted) told.push(`${contrast.toFixed(2)} ${named(e)} ${style.color} on ${behind.map(Math.round)}`);
}
return [told, texts.length];
}"""
)
_CUT = (
    "() => {"
    + _SHOWN
    + """
const box_of = (node) => {
  const range = document.createRange();
  range.selectNode(node);
  return range.getBoundingClientRect();
};
const lines = (e) => [...e.childNodes].filter((n) => n.nodeType === Node.TEXT_NODE && n.data.trim());
const boxes = (e) => said(e) ? lines(e).map(box_of) : [e.getBoundingClientRect()];
const told = [];
const wide = document.documentElement.clientWidth;
if (document.documentElement.scrollWidth > wide) told.push(`the page is ${document.documentElement.scrollWidth} wide`);
for (const e of texts) for (let box of boxes(e)) {
  const style = getComputedStyle(e);
  const isInput = e.matches('input, textarea');
  if (!isInput && style.textOverflow !== 'ellipsis' && style.overflowX !== 'visible' && style.overflowX !== 'auto'
      && e.scrollWidth > e.clientWidth + 1) told.push(`inside: ${named(e)} ${e.scrollWidth} > ${e.clientWidth}`);
  for (let up = e.parentElement; up; up = up.parentElement) {
    const { overflowX, overflowY } = getComputedStyle(up), around = up.getBoundingClientRect();
    if (overflowX === 'auto' || overflowX === 'scroll') { box = null; break; }  // it can be moved into sight
    if (overflowX === 'visible') continue;
    if (getComputedStyle(up).textOverflow === "ellipsis") continue;
    if (box.left < around.left - 1 || box.right > around.right + 1) told.push(`beside ${named(up)}: ${named(e)}`);
    if (overflowY !== 'visible' && overflowY !== 'auto' && box.bottom > around.bottom + 1 && box.top < around.bottom)
      told.push(`below ${named(up)}: ${named(e)}`);
  }
  if (box && (box.left < -1 || box.right > wide + 1)) told.push(`outside: ${named(e)} ${box.left}-${box.right}`);
}
return [told, texts.length];
}"""
)


def _settle(page: Page) -> None:
    """Wait until nothing fades in or out: half of a fade has colours of its own."""
    page.wait_for_function(
        """() => document.getAnimations().every((a) => a.playState !== 'running'
        || a.effect.getComputedTiming().iterations === Infinity)"""
    )


def faint(page: Page) -> list[str]:
    """The text in sight whose contrast with its ground is under that of WCAG 2, level AA: 4.5 to 1, large type 3 to 1.

    Words of inputs that are switched off do not count.
    """
    return _told(page, _FAINT)


def cut_off(page: Page) -> list[str]:
    """What makes the page scroll to the side, and text outside of the window, or of what holds it, that cannot be moved
    into sight."""
    return _told(page, _CUT)


def faults(page: Page) -> list[str]:
    """What axe-core calls serious or critical, each with the first parts of the page that it names."""
    _settle(page)
    found: list[dict[str, Any]] = Axe().run(page).response["violations"]
    return [
        f"{v['id']}: " + " | ".join(f"{n['html'][:160]} {n['failureSummary'][-230:]}" for n in v["nodes"][:4])
        for v in found
        if v["impact"] in ("serious", "critical")
    ]


def _told(page: Page, script: str) -> list[str]:
    _settle(page)
    told: list[str]
    told, looked_at = page.evaluate(script)
    assert looked_at > 5  # else nothing was shown
    return told
