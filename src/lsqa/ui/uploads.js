// The box for uploads, whose own words follow the browser: said in the language of the page, as the server wrote it into
// `data-words`. Files that would not be taken are told before they are sent.
(() => {
  "use strict";
  const MIB = 1024 * 1024;
  const words = () => {
    const hint = document.querySelector("#upload [data-words]");
    return hint && JSON.parse(hint.dataset.words);
  };
  const set = (element, name, value) => {
    if (element && element.getAttribute(name) !== value) element.setAttribute(name, value);
  };
  const setText = (node, value) => {
    if (node && node.textContent !== value) node.textContent = value;
  };

  const say = () => {
    const box = document.querySelector("#upload-files");
    const said = words();
    if (!box || !said) return;
    for (const wrap of box.querySelectorAll("[data-testid=upload-text]")) {
      const texts = [...wrap.childNodes].filter((node) => node.nodeType === Node.TEXT_NODE && node.data.trim());
      setText(texts[0], said.drop);
      setText(wrap.querySelector(".or"), said.or);
      setText(texts[1], said.click);
    }
    box.querySelectorAll(".upload-container").forEach((button) => set(button, "aria-label", said.click));
    for (const input of box.querySelectorAll("input[type=file]")) {
      set(input, "aria-label", said.click);
      set(input, "accept", said.types.join(","));
    }
    const [more, ...others] = box.querySelectorAll(".icon-button-wrapper > button");
    if (more) for (const name of ["aria-label", "title"]) {
      set(more, name, said.click);
      others.forEach((clear) => set(clear, name, said.clear));
    }
  };

  const problem = (file, said) => {
    const name = file.name.toLowerCase();
    if (!said.types.some((type) => name.endsWith(type))) return said.unread;
    return file.size > said.mb * MIB ? said.large : "";
  };

  // The files that are not taken, each with why. Those that are already in the box count among those taken at a time.
  const problems = (files, said) => {
    let room = said.n - document.querySelectorAll("#upload-files td.filename").length;
    const found = files.map((file) => [file, problem(file, said) || (--room < 0 ? said.many : "")]);
    return new Map(found.filter(([, why]) => why));
  };

  // Where some are refused, the others are handed on as if they alone had been chosen.
  const sift = (event, files) => {
    const said = words();
    const input = document.querySelector("#upload-files input[type=file]");
    const note = document.querySelector("#upload .refused");
    if (!said || !input || !note) return;
    const refused = problems(files, said);
    if (!event.isSifted) note.textContent = [...refused].map(([file, why]) => `${file.name}: ${why}`).join(" ・ ");
    note.hidden = !note.textContent;
    if (!refused.size) return;
    event.stopImmediatePropagation();
    event.preventDefault();
    const rest = new DataTransfer();
    files.filter((file) => !refused.has(file)).forEach((file) => rest.items.add(file));
    input.files = rest.files;
    if (!rest.files.length) return;
    const again = new Event("change", { bubbles: true });
    again.isSifted = true;
    input.dispatchEvent(again);
  };
  document.addEventListener("change", (event) => {
    if (event.target.matches?.("#upload-files input[type=file]")) sift(event, [...event.target.files]);
  }, true);
  document.addEventListener("drop", (event) => {
    const box = event.target.closest?.("#upload-files .upload-container");
    if (!box || !event.dataTransfer?.files.length) return;
    sift(event, [...event.dataTransfer.files]);
    if (event.defaultPrevented) box.dispatchEvent(new Event("dragleave"));
  }, true);

  const watch = () => {
    const upload = document.querySelector("#upload");
    if (!upload) return setTimeout(watch, 200);
    new MutationObserver(say).observe(upload, { childList: true, subtree: true, characterData: true, attributes: true });
    say();
  };
  watch();
})();
