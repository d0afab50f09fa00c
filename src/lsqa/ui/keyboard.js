// What Gradio's parts lack for those who use the keyboard: arrows between tabs and between the choices of one setting, Space
// and a name on what takes a choice out, and a focus that is not lost with the element that had it.
(() => {
  "use strict";
  let byKeyboard = false; // a finger's tap must not bring up the keyboard of a phone
  let focused = null;
  document.addEventListener("keydown", () => { byKeyboard = true; }, true);
  document.addEventListener("pointerdown", () => { byKeyboard = false; focused = null; }, true);

  // An element that is written anew, or goes out of sight, takes the focus with it. It goes to the one that stands in its
  // place, else to what comes next in that part of the page.
  const NEXT = [
    ["#conversation, #ask-bar", "#question textarea"],
    ["#upload-files", "#upload-start"],
    ["#filter-documents", "#filter-documents input"],
    ["#filter-publishers", "#filter-publishers input"],
  ];
  const isHere = (element) => Boolean(element?.isConnected && element.checkVisibility());
  const alike = (element, turn) => {
    const within = turn ? `.turn[data-turn="${CSS.escape(turn)}"] ` : "#main ";
    const said = JSON.stringify(element.dataset);
    return [...document.querySelectorAll(within + element.localName)].filter((o) => JSON.stringify(o.dataset) === said);
  };
  document.addEventListener("focusin", ({ target: element }) => {
    const turn = element.closest(".turn")?.dataset.turn;
    const next = NEXT.find(([part]) => element.closest(part))?.[1];
    focused = { element, turn, next, place: alike(element, turn).indexOf(element) };
  });
  const keepFocus = () => {
    if (!byKeyboard || !focused || isHere(focused.element)) return;
    if (![document.body, focused.element].includes(document.activeElement)) return;
    const { element, turn, next, place } = focused;
    const again = turn && alike(element, turn)[place];
    [again, next && document.querySelector(next)].find(isHere)?.focus({ preventScroll: true });
  };

  // Tabs are one stop of the Tab key, and so are the radio buttons of one setting, as they are everywhere else.
  const group = () => {
    for (const tab of document.querySelectorAll("#main [role=tab]")) {
      tab.tabIndex = tab.getAttribute("aria-selected") === "true" ? 0 : -1;
    }
    for (const setting of document.querySelectorAll("#main fieldset[id]")) {
      setting.querySelectorAll("input[type=radio]").forEach((choice) => { choice.name = setting.id; });
    }
  };
  const TAKE_OUT = { ja: ["外す：", "すべて外す"], en: ["Take out: ", "Take out all"] };
  const name = () => {
    const [one, all] = TAKE_OUT[document.documentElement.lang] || TAKE_OUT.ja;
    for (const button of document.querySelectorAll("#main .token-remove")) {
      const isAll = button.classList.contains("remove-all");
      const said = isAll ? all : one + (button.closest(".token")?.innerText.trim() || "");
      button.title = said;
      button.setAttribute("aria-label", said);
    }
  };

  const STEPS = { ArrowLeft: -1, ArrowRight: 1, Home: -Infinity, End: Infinity };
  const goTo = (event, tab) => {
    const tabs = [...tab.closest("[role=tablist]").querySelectorAll("[role=tab]")];
    const step = STEPS[event.key];
    const place = Number.isFinite(step) ? (tabs.indexOf(tab) + step + tabs.length) % tabs.length : step < 0 ? 0 : -1;
    event.preventDefault();
    tabs.at(place).focus();
    tabs.at(place).click();
  };
  document.addEventListener("keydown", (event) => {
    const tab = event.target.closest?.("[role=tab]");
    if (tab && event.key in STEPS) goTo(event, tab);
    const out = event.target.closest?.(".token-remove");
    if (out && event.key === " ") {
      event.preventDefault();
      out.click();
    }
  });

  const tidy = () => { group(); name(); keepFocus(); };
  const watch = () => {
    const main = document.querySelector("#main");
    if (!main) return setTimeout(watch, 200);
    const watched = { childList: true, characterData: true, subtree: true, attributeFilter: ["aria-selected"] };
    new MutationObserver(tidy).observe(main, watched);
    tidy();
  };
  watch();
})();
