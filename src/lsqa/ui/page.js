// What the page does in the browser alone: clicks in HTML that the server wrote, copying, saving, the sheet, the keyboard.
(() => {
  "use strict";
  const body = () => document.body;
  let opener = null;

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

  const closeSlide = () => {
    body().classList.remove("slide-open");
    if (opener && opener.isConnected) opener.focus();
    opener = null;
  };

  const isBusy = () => document.querySelector("#conversation .turn.pending") !== null;

  // One listener serves every button that the server wrote: `data-act` says what it does.
  const act = (event, trigger) => {
    const button = event.target.closest("[data-act]");
    if (!button || button.disabled) return;
    const { act: name, place, turn, question, rating } = button.dataset;
    if (name === "copy") copied(button);
    else if (name === "close") closeSlide();
    else if (name === "open" && button.classList.contains("again")) trigger("open", JSON.parse(place));
    else if (name === "open") {
      if (!button.closest("#slide")) opener = button;
      body().classList.add("slide-open");
      document.querySelectorAll(".opened").forEach((other) => other.classList.remove("opened"));
      button.classList.add("opened");
      trigger("open", JSON.parse(place));
    } else if (name === "vote") {
      trigger("vote", { turn, rating: Number(rating) });
    } else if (name === "comment") {
      const line = button.closest(".comment");
      trigger("comment", { turn, comment: line.querySelector("input").value });
    } else if ((name === "retry" || name === "edit" || name === "example") && !isBusy()) {
      trigger(name, { turn: turn || "", question });
      if (name === "edit") setTimeout(focusQuestion, 300);
    }
  };

  // What is said until the server says more: it may be busy.
  const SENT = { ja: "送信しました…", en: "Sent…" };
  const sent = (question) => {
    const log = document.querySelector("#conversation .html-container > div");
    if (!log || !question || !question.trim() || isBusy()) return;
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
    if (told.ok && told.act === "vote") {
      line.closest(".turn").querySelectorAll(".vote").forEach((vote) =>
        vote.setAttribute("aria-pressed", String(Number(vote.dataset.rating) === told.rating)));
    }
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

  // The newest turn comes into view as it grows, unless the reader has scrolled up.
  const follow = () => {
    const log = document.querySelector("#conversation");
    const last = log?.querySelector(".turn:last-of-type");
    if (last?.classList.contains("pending")) last.scrollIntoView({ block: "nearest" });
  };
  const watchConversation = () => {
    const log = document.querySelector("#conversation");
    if (!log) return setTimeout(watchConversation, 200);
    log.setAttribute("role", "log");
    log.setAttribute("aria-live", "polite");
    new MutationObserver(follow).observe(log, { childList: true, subtree: true });
  };

  // A slide whose image is still being made is asked for again while somebody looks at it.
  const AGAIN = 2000;
  setInterval(() => {
    if (document.visibilityState === "visible") document.querySelector("#slide .again")?.click();
  }, AGAIN);

  // Enter that ends the conversion of kana to kanji sends nothing.
  document.addEventListener("keydown", (event) => {
    if (event.key === "Enter" && (event.isComposing || event.keyCode === 229)) event.stopImmediatePropagation();
    if (event.key === "Escape" && body().classList.contains("slide-open")) closeSlide();
  }, true);

  const setLanguage = (language) => {
    document.documentElement.lang = language;
    return language;
  };

  const browserLanguage = () => (navigator.language || "ja").toLowerCase().startsWith("ja") ? "ja" : "en";

  document.addEventListener("click", (event) => {
    if (event.target.closest("#slide-shade")) closeSlide();
  });
  watchConversation();
  window.lsqa = { act, sent, noted, save, setLanguage, browserLanguage, focusQuestion };
})();
