// What the page does in the browser alone: clicks in HTML that the server wrote, copying, saving, the sheet, the keyboard.
(() => {
  "use strict";
  const body = () => document.body;

  const copy = async (content) => {
    if (navigator.clipboard && window.isSecureContext) {
      await navigator.clipboard.writeText(content);
      return;
    }
    const area = document.createElement("textarea"); // an http address that is not this machine's has no clipboard
    area.value = content;
    area.style.position = "fixed";
    area.style.opacity = "0";
    body().append(area);
    area.select();
    document.execCommand("copy");
    area.remove();
  };

  const copied = async (button) => {
    await copy(button.dataset.content);
    const said = button.textContent;
    button.textContent = button.dataset.copied;
    setTimeout(() => { button.textContent = said; }, 1600);
  };

  // On a narrow screen the slide is a sheet over everything else, and the keyboard stays in it. On a wide one who opens it
  // by the keyboard is taken there, and Escape leads back. `awaitsSlide` until it is there, or something else is done.
  let awaitsSlide = false;
  const narrow = window.matchMedia("(max-width: 899px)");
  const isSheet = () => narrow.matches && body().classList.contains("slide-open");
  const column = () => document.querySelector("#slide-column");
  const setSheet = () => {
    const open = isSheet();
    for (const covered of document.querySelectorAll("#top, #main")) covered.inert = open;
    const said = document.querySelector("#slide .slide")?.getAttribute("aria-label") || "";
    const named = { role: "dialog", "aria-modal": "true", "aria-label": said, tabindex: "-1" };
    for (const [name, value] of Object.entries(named)) {
      if (open) column()?.setAttribute(name, value);
      else column()?.removeAttribute(name);
    }
    if (open && !column()?.contains(document.activeElement)) focusSlide();
  };
  const slideCame = () => {
    setSheet();
    if (awaitsSlide) focusSlide();
  };
  const focusSlide = () => (document.querySelector("#slide .slide") || column())?.focus();

  // The button that opened the slide, or the one that the server wrote in its place since.
  let opener = null;
  const openedFrom = (button) => {
    opener = { button, place: button.dataset.place, turn: button.closest(".turn")?.dataset.turn };
  };
  const focusOpener = () => {
    if (!opener) return;
    const { button, place, turn } = opener;
    const same = (other) => other.dataset.place === place && other.closest(".turn")?.dataset.turn === turn;
    const found = button.isConnected ? button : [...document.querySelectorAll('#main [data-act="open"]')].find(same);
    if (found) found.focus();
    else focusQuestion();
    opener = null;
  };
  const closeSlide = () => {
    body().classList.remove("slide-open");
    setSheet();
    focusOpener();
  };

  // What is being written of an answer stays when the conversation is written anew. Which thumb is pressed, and
  // whether there is a comment, the server says.
  const drafts = new Map();
  const showDrafts = () => {
    for (const [turn, draft] of drafts) {
      const line = document.querySelector(`.comment[data-turn="${CSS.escape(turn)}"] input`);
      if (line && !line.value) line.value = draft;
    }
  };
  const press = (turn, rating) => {
    for (const vote of document.querySelectorAll(`.vote[data-turn="${CSS.escape(turn)}"]`)) {
      vote.setAttribute("aria-pressed", String(Number(vote.dataset.rating) === rating));
    }
  };

  // An answer is under way. That a question was sent counts for a while only: its request may have failed.
  const SENDING = 5000;
  let sentAt = -Infinity;
  const isSending = () => document.querySelector("#conversation .sent") !== null && performance.now() - sentAt < SENDING;
  const isBusy = () => document.querySelector("#conversation .turn.pending") !== null || isSending();

  // One listener serves every button that the server wrote: `data-act` says what it does.
  const act = (event, trigger) => {
    const button = event.target.closest("[data-act]");
    if (!button || button.disabled) return;
    const { act: name, place, turn, question, rating } = button.dataset;
    if (name === "copy") copied(button);
    else if (name === "close") closeSlide();
    else if (name === "open" && button.classList.contains("again")) trigger("open", JSON.parse(place));
    else if (name === "open") {
      if (!button.closest("#slide")) {
        openedFrom(button);
        document.querySelectorAll(".opened").forEach((other) => other.classList.remove("opened"));
        button.classList.add("opened");
      }
      body().classList.add("slide-open");
      setSheet();
      awaitsSlide = event.detail === 0 && !button.closest("#slide"); // no click of a mouse
      if (awaitsSlide) focusSlide();
      trigger("open", JSON.parse(place));
    } else if (name === "vote") {
      trigger("vote", { turn, rating: Number(rating) });
    } else if (name === "comment") {
      trigger("comment", { turn, comment: button.closest(".comment").querySelector("input").value });
    } else if (name === "away") trigger("away", { turn });
    else if (name === "cancel") {
      trigger("cancel", {});
      focusQuestion();
    } else if ((name === "retry" || name === "edit" || name === "example") && !isBusy()) {
      if (name === "retry" && turn !== lastTurn()?.dataset.turn) trigger("away", { turn });
      trigger(name, { turn: turn || "", question });
      if (name === "edit") setTimeout(focusQuestion, 300);
    }
  };

  // What is said until the server says more: it may be busy.
  const SENT = { ja: "送信しました…", en: "Sent…" };
  const sent = (question) => {
    const log = document.querySelector("#conversation .html-container > div");
    if (!log || !question || !question.trim() || isBusy()) return;
    document.querySelector("#editing .away")?.click(); // what the edited question drops is put away first
    awaited = lastTurn()?.dataset.turn || "";
    sentAt = performance.now();
    const said = document.createElement("p");
    said.className = "stage sent";
    said.setAttribute("role", "status");
    said.textContent = SENT[document.documentElement.lang] || SENT.ja;
    log.append(said);
    said.scrollIntoView({ block: "nearest" });
  };

  // That a thumb or a comment was noted is said once it was.
  const noted = (told) => {
    const line = told && document.querySelector(`.comment[data-turn="${CSS.escape(told.turn)}"]`);
    if (!line) return;
    line.hidden = false;
    line.querySelector("[role=status]").textContent = told.said;
    const isWanted = told.ok ? told.act === "vote" : told.act === "comment";
    line.querySelectorAll("input, button").forEach((part) => { part.hidden = !isWanted; });
    if (told.ok && told.act === "vote") press(told.turn, told.rating);
    if (told.ok && told.act === "comment") drafts.delete(told.turn);
  };

  const focusQuestion = () => document.querySelector("#question textarea")?.focus();

  const save = (file) => {
    if (!file || !file.content) return;
    const link = document.createElement("a");
    link.href = URL.createObjectURL(new Blob([file.content], { type: file.type }));
    link.download = file.name;
    body().append(link);
    link.click();
    link.remove();
    setTimeout(() => URL.revokeObjectURL(link.href), 1000);
  };

  // An answer comes into view from its start, as it grows and when it has ended, unless the reader has scrolled since
  // the question was sent. `awaited` is the turn that was the last one then, null while none is waited for.
  let awaited = null;
  const lastTurn = () => document.querySelector("#conversation .turn:last-of-type");
  const follow = () => {
    const last = lastTurn();
    if (awaited === null || !last || last.dataset.turn === awaited) return;
    const { top, bottom } = last.getBoundingClientRect();
    const end = document.querySelector("#ask-bar")?.getBoundingClientRect().top ?? window.innerHeight;
    if (top < 0 || bottom > end) last.scrollIntoView({ block: "start" });
    if (!last.classList.contains("pending")) awaited = null;
  };
  const SCROLLING = new Set(["PageUp", "PageDown", "Home", "End", "ArrowUp", "ArrowDown", " "]);
  const scrolls = (event) => {
    if (event.type === "keydown" && (!SCROLLING.has(event.key) || event.target.closest?.("textarea, input"))) return;
    if (event.type === "mousedown" && event.target !== document.documentElement) return; // but on the scroll bar
    awaited = null;
  };
  for (const name of ["wheel", "touchmove", "keydown", "mousedown"]) {
    document.addEventListener(name, scrolls, { passive: true });
  }

  const watch = () => {
    const log = document.querySelector("#conversation");
    const slide = document.querySelector("#slide");
    if (!log || !slide) return setTimeout(watch, 200);
    log.setAttribute("role", "log");
    log.setAttribute("aria-live", "polite");
    const written = () => { showDrafts(); follow(); };
    new MutationObserver(written).observe(log, { childList: true, characterData: true, subtree: true });
    new MutationObserver(slideCame).observe(slide, { childList: true, subtree: true });
    narrow.addEventListener("change", setSheet);
    written();
  };

  // A slide whose image is still being made is asked for again while somebody looks at it.
  const AGAIN = 2000;
  setInterval(() => {
    if (document.visibilityState === "visible") document.querySelector("#slide .again")?.click();
  }, AGAIN);

  // Enter that ends the conversion of kana to kanji sends nothing. Nor does anything while an answer is under way: Gradio
  // would keep it, and send what stands in the box when the answer has ended, which may be half a question.
  const unlessBusy = (event, part) => {
    if (!event.target.closest?.(part) || !isBusy()) return;
    event.preventDefault();
    event.stopImmediatePropagation();
  };
  document.addEventListener("keydown", (event) => {
    const isConverting = event.isComposing || event.keyCode === 229;
    if (event.key === "Enter" && isConverting) event.stopImmediatePropagation();
    else if (event.key === "Enter" && !event.shiftKey) unlessBusy(event, "#question textarea");
    if (event.key === "Escape" && !event.isComposing) escape(event);
  }, true);
  document.addEventListener("click", (event) => unlessBusy(event, "#ask"), true);
  const escape = (event) => {
    if (isSheet()) closeSlide();
    else if (event.target.closest?.("#slide-column")) focusOpener();
    else if (event.target.closest?.("#ask-bar")) document.querySelector("#editing .cancel")?.click();
  };
  for (const name of ["keydown", "pointerdown"]) {
    document.addEventListener(name, () => { awaitsSlide = false; }, true);
  }

  const setLanguage = (language) => {
    document.documentElement.lang = language;
    return language;
  };

  const browserLanguage = () => (navigator.language || "ja").toLowerCase().startsWith("ja") ? "ja" : "en";

  document.addEventListener("click", (event) => {
    if (event.target.closest("#slide-shade")) closeSlide();
  });
  document.addEventListener("input", (event) => {
    const line = event.target.closest(".comment");
    if (line) drafts.set(line.dataset.turn, event.target.value);
  });
  watch();
  window.lsqa = { act, sent, noted, save, setLanguage, browserLanguage, focusQuestion };
})();
