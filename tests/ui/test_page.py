"""The page as people use it, in a real browser over a real library."""

import io
import json
import re
import sqlite3
from contextlib import closing
from pathlib import Path

import numpy as np
import pypdfium2
import pytest
from benchmarks.serving_page import served
from PIL import Image
from playwright.sync_api import Browser, Dialog, FilePayload, Page, Route
from tests.conftest import PROJECT
from tests.pdf_pages import Sheet, needs_font
from tests.ui.conftest import NARROW, Open, needs_chromium, visiting

from lsqa.catalogue import Catalogue
from lsqa.settings import load_settings
from lsqa.text import Language
from lsqa.ui.desk import Desk
from lsqa.ui.feedback import Feedback
from lsqa.ui.texts import text

pytestmark = needs_chromium

SHARE = "博士課程の学生で研究時間が0時間の人は何％ですか？"


def test_the_first_screen_says_what_this_is_and_offers_four_questions(visit: Open) -> None:
    page = visit().page
    assert page.locator(".welcome > p").count() == 2
    assert page.locator(".welcome li button").count() == 4
    assert page.evaluate("document.documentElement.lang") == "ja"
    assert "10" in page.inner_text("#in-force") or "11" in page.inner_text("#in-force")


def test_a_first_question_opens_the_slide_with_its_words_boxed(visit: Open) -> None:
    """The boxes stand where the PDF itself has the words, and the pixels there are marked."""
    found = visit()
    page = found.page
    page.locator(".welcome li button", has_text="0時間").click()
    found.ended()
    assert page.locator(".turn.answered").count() == 1
    assert page.locator(".turn .proven").first.inner_text().endswith("原文と一致")
    assert "6.4%" in page.locator(".turn .table").first.inner_text()
    page.locator("button.cite").first.click()
    page.wait_for_selector("#slide .page img")
    assert "5 / 18" in page.inner_text("#slide nav")
    assert "文部科学省" in page.inner_text("#slide .where")
    page.wait_for_function("document.querySelector('#slide img').complete")
    wanted = _places(5, "6.4%")
    marks = page.evaluate(
        """() => { const page = document.querySelector('#slide .page img').getBoundingClientRect();
        return [...document.querySelectorAll('#slide .mark')].map((mark) => { const r = mark.getBoundingClientRect();
        return [(r.left - page.left) / page.width, (r.top - page.top) / page.height,
                (r.right - page.left) / page.width, (r.bottom - page.top) / page.height]; }); }"""
    )
    assert any(_covers(mark, place) for mark in marks for place in wanted)
    shot = np.asarray(Image.open(io.BytesIO(page.locator("#slide .page").screenshot())).convert("RGB"), dtype=int)
    high, wide = shot.shape[:2]
    left, top, right, bottom = next(place for place in wanted if any(_covers(mark, place) for mark in marks))
    inside = shot[int(top * high) : int(bottom * high), int(left * wide) : int(right * wide)]
    yellow = (inside[..., 0] - inside[..., 2]) > 40
    assert yellow.mean() > 0.3
    below = shot[int(bottom * high) + 8 : int(bottom * high) + 12, int(left * wide) : int(right * wide)]
    assert ((below[..., 0] - below[..., 2]) > 40).mean() < 0.05


def _places(number: int, words: str) -> list[tuple[float, float, float, float]]:
    """Where PDFium's own search finds words on a page of the deck, as fractions from the upper left corner."""
    document = pypdfium2.PdfDocument(PROJECT / "corpus" / "briefing.pdf")
    page = document[number - 1]
    wide, high = page.get_size()
    text = page.get_textpage()
    search = text.search(words)
    found = []
    while (place := search.get_next()) is not None:
        boxes = [text.get_charbox(i) for i in range(place[0], place[0] + place[1])]
        left, right = min(b[0] for b in boxes), max(b[2] for b in boxes)
        bottom, top = min(b[1] for b in boxes), max(b[3] for b in boxes)
        found.append((left / wide, 1 - top / high, right / wide, 1 - bottom / high))
    document.close()
    assert found
    return found


def _covers(mark: list[float], place: tuple[float, float, float, float]) -> bool:
    """Whether a mark holds a place, and not much more than it."""
    holds = mark[0] <= place[0] and mark[1] <= place[1] and mark[2] >= place[2] and mark[3] >= place[3]
    return holds and mark[2] - mark[0] < 2 * (place[2] - place[0]) + 0.02 and mark[3] - mark[1] < 0.06


def test_slides_are_leafed_through_and_read_as_text(visit: Open) -> None:
    found = visit()
    page = found.page
    found.ask(SHARE)
    page.locator("#slide .turn-page").nth(1).click()
    page.wait_for_function("document.querySelector('#slide .number')?.innerText.startsWith('6 /')")
    assert page.locator("#slide .mark").count() == 0
    page.locator("#slide summary").click()
    assert page.locator("#slide .text").inner_text().strip()


def test_a_note_without_page_images_is_shown_as_marked_text(visit: Open) -> None:
    found = visit()
    page = found.page
    found.ask("B-cureの2025年度の予算はいくらですか？")
    page.locator("button.cite", has_text="1").first.click()
    page.wait_for_selector("#slide .text mark")
    assert page.locator("#slide img").count() == 0
    assert "43億円" in [m.inner_text() for m in page.locator("#slide mark").all()]
    assert page.locator("#slide .table th").first.is_visible()


def test_a_refusal_helps(visit: Open) -> None:
    found = visit()
    page = found.page
    found.ask("SCARDAのセンター長の名前を教えてください。")
    assert page.locator(".turn.refused .help").count() == 1
    assert "SCARDA" in page.inner_text(".help ul.missing")
    assert page.locator(".turn .problem").count() == 0
    page.locator(".help button.near").first.click()
    page.wait_for_selector("#slide .slide")
    assert page.locator("#slide .slide > .note").count() == 0


def test_a_follow_up_is_understood_by_what_was_asked_before(visit: Open) -> None:
    found = visit()
    found.ask("B-cureの2025年度の予算はいくらですか？")
    found.ask("実施期間は？")
    last = found.page.locator(".turn").last
    assert "B-cure" in last.locator(".resolved").inner_text()
    assert "令和3年度" in last.inner_text()


def test_retry_and_edit_take_the_place_of_a_question(visit: Open) -> None:
    found = visit()
    page = found.page
    found.ask(SHARE)
    found.ask_again()
    assert page.locator(".turn").count() == 1
    page.locator("[data-act=edit]").click()
    page.wait_for_function("document.querySelector('#question textarea').value.includes('0時間')")
    page.fill("#question textarea", "UTOPIAを率いるのは誰ですか？")
    page.press("#question textarea", "Enter")
    page.wait_for_function("document.querySelector('.turn.done .asked')?.innerText.includes('UTOPIA')")
    assert page.locator(".turn").count() == 1


def test_an_answer_is_copied_with_its_sources(visit: Open) -> None:
    found = visit(permissions=["clipboard-read", "clipboard-write"])
    page = found.page
    found.ask(SHARE)
    page.locator("[data-act=copy]").nth(0).click()
    page.wait_for_function("document.querySelector('[data-act=copy]').innerText === 'コピーしました'")
    plain = page.evaluate("navigator.clipboard.readText()")
    assert "「0時間 | 70 | 6.4%」[1]" in plain
    assert "[1] ライフサイエンス政策について（再構成版）, p. 5" in plain
    page.locator("[data-act=copy]").nth(1).click()
    page.wait_for_function("document.querySelectorAll('[data-act=copy]')[1].innerText === 'コピーしました'")
    markdown = page.evaluate("navigator.clipboard.readText()")
    (note,) = set(re.findall(r"\[\^[0-9a-f]+-1\]", markdown))
    assert markdown.count(note) == 3  # two quotes and the footnote
    assert f"\n{note}: " in markdown


def test_a_conversation_is_saved_kept_and_taken_up_again(visit: Open, tmp_path: Path) -> None:
    found = visit()
    page = found.page
    found.ask(SHARE)
    with page.expect_download() as download:
        page.click("#save-json")
    saved = json.loads(Path(download.value.path()).read_text(encoding="utf-8"))
    assert saved["turns"][0]["claims"][0]["citations"][0]["page"] == 5
    with page.expect_download() as download:
        page.click("#save-markdown")
    assert "## 博士課程の学生で" in Path(download.value.path()).read_text(encoding="utf-8")
    page.reload()
    page.wait_for_selector(".turn.done")
    page.click("#new")
    page.wait_for_selector(".welcome")
    page.click("#history button")
    page.click("#history-choice input")
    page.locator("#history-choice [role=option]").first.click()
    page.click("#history-open")
    page.wait_for_selector(".turn.done")
    assert page.locator(".turn .asked").inner_text().endswith(SHARE)


def test_the_language_is_the_browsers_until_it_is_switched(visit: Open) -> None:
    found = visit(locale="en-US")
    page = found.page
    page.wait_for_function("document.querySelector('#ask').innerText === 'Ask'")
    assert page.evaluate("document.documentElement.lang") == "en"
    assert page.title() == text("title", "en")
    found.ask("Who leads UTOPIA?")
    assert page.locator(".turn .proven").first.inner_text().endswith("matches the source")
    assert "documents: 1" in page.inner_text(".turn .about")
    page.click("#language")
    page.wait_for_function("document.querySelector('#ask').innerText === '質問する'")
    page.wait_for_function("title => document.title === title", arg=text("title", "ja"))
    page.wait_for_function("document.querySelector('.turn .proven').innerText.endsWith('原文と一致')")
    page.wait_for_function("document.querySelector('.turn .about').innerText.includes('件の文書')")
    assert "documents:" not in page.inner_text(".turn .about")
    page.reload()
    page.wait_for_selector(".turn.done")
    page.wait_for_function("document.querySelector('#ask').innerText === '質問する'")


# All that is said and named, but for what documents are called and who published them.
_SAID = """() => [...document.querySelectorAll('#top *, #main *')]
.filter((e) => e.checkVisibility() && !e.closest('td') && !e.closest('.welcome li'))
.flatMap((e) => [e.title, e.ariaLabel, e.placeholder,
  ...[...e.childNodes].filter((n) => n.nodeType === Node.TEXT_NODE).map((n) => n.data)])
.concat([...document.querySelectorAll('#documents .warning')].map((e) => e.innerText))
.map((said) => said?.trim()).filter(Boolean)"""
_CODE = re.compile("`[^`]*`")
_JAPANESE = re.compile(r"[\u3040-\u30ff\u4e00-\u9fff]")
_ENGLISH = re.compile(r"[A-Za-z]{2,} [a-z]{2,}|^[A-Z]?[a-z]{3,}$|[a-z]\\.[a-z]")


@pytest.mark.parametrize("locale", ["ja-JP", "en-US"])
def test_nothing_is_left_untranslated(visit: Open, locale: str, tmp_path: Path) -> None:
    """In either language, whatever the browser's is: words of Gradio's own follow the browser."""
    page = visit(locale=locale).page
    own = {"質問する": "ja", "Ask": "en"}[page.inner_text("#ask")]
    assert own == locale[:2]
    (tmp_path / "a.md").write_text("# a\n\nb\n", encoding="utf-8")
    for language in (own, "en" if own == "ja" else "ja"):
        if language != own:
            page.reload()  # without the file
            page.wait_for_function(f"document.querySelector('#ask')?.innerText === {text('ask', own)!r}")  # type: ignore[arg-type]
            page.click("#language")
        page.wait_for_function(f"document.querySelector('#ask').innerText === {text('ask', language)!r}")  # type: ignore[arg-type]
        for place in range(page.locator("#main button[role=tab]").count()):
            page.locator("#main button[role=tab]").nth(place).click()
            _all_is_said_in(page, language)
        page.locator("#main button[role=tab]").nth(1).click()
        page.set_input_files("#upload-files input[type=file]", str(tmp_path / "a.md"))
        page.wait_for_selector("#upload-files .file-preview")
        _all_is_said_in(page, language)


def _all_is_said_in(page: Page, language: str) -> None:
    other = _ENGLISH if language == "ja" else _JAPANESE
    left: list[str] = []
    for _ in range(20):  # what follows the browser is said again once it is there
        named = {"日本語", "English", "a.md", "Markdown"}
        left = [said for said in page.evaluate(_SAID) if said not in named and other.search(_CODE.sub("", said))]
        if not left:
            return
        page.wait_for_timeout(200)
    assert left == []


@pytest.mark.parametrize(("locale", "language"), [("ja-JP", "ja"), ("en-US", "ja")])
def test_what_would_not_be_taken_is_told_before_it_is_sent(
    visit: Open, locale: str, language: Language, tmp_path: Path
) -> None:
    found = visit(locale=locale)
    page = found.page
    if locale[:2] != language:
        page.click("#language")
        page.wait_for_function(f"document.querySelector('#ask').innerText === {text('ask', language)!r}")
    sent: list[str] = []
    page.on("request", lambda request: sent.append(request.url) if "/upload" in request.url else None)
    for name, size in (("fine.md", 10), ("program.exe", 10), ("large.txt", 51 * 1024**2)):
        (tmp_path / name).write_bytes(b"x" * size)
    found.tab("documents")
    names = ("program.exe", "large.txt", "fine.md")
    page.set_input_files("#upload-files input[type=file]", [str(tmp_path / name) for name in names])
    page.wait_for_selector("#upload-files .file-preview")
    assert [row.get_attribute("aria-label") for row in page.locator("#upload-files td.filename").all()] == ["fine.md"]
    told = page.inner_text("#upload .refused")
    assert f"program.exe: {text('upload-type', language)}" in told
    assert f"large.txt: {text('upload-large', language, mb=50)}" in told
    assert page.locator(".toast-body").count() == 0
    assert sent


def test_more_files_than_are_taken_at_a_time_are_told_before_they_are_sent(visit: Open) -> None:
    found = visit()
    page = found.page
    found.tab("documents")
    box, many = "#upload-files input[type=file]", text("upload-many", "ja", n=20)
    named = [FilePayload(name=f"f{n:02}.md", mimeType="text/markdown", buffer=b"# f") for n in range(22)]
    page.set_input_files(box, named[:15])
    page.wait_for_function("document.querySelectorAll('#upload-files td.filename').length === 15")
    assert page.locator("#upload .refused").is_hidden()
    page.set_input_files(box, named[15:])
    page.wait_for_function("document.querySelectorAll('#upload-files td.filename').length === 20")
    assert page.inner_text("#upload .refused") == f"f20.md: {many} ・ f21.md: {many}"


@pytest.mark.parametrize("locale", ["ja-JP", "en-US"])
def test_how_uploads_ended_can_be_read_on_a_narrow_screen(visit: Open, locale: str, tmp_path: Path) -> None:
    """The column of names is wide enough for a name, whatever the reasons say; the table does not scroll."""
    found = visit(locale=locale, viewport=NARROW)
    page = found.page
    found.tab("documents")
    broken = FilePayload(name="broken.pdf", mimeType="application/pdf", buffer=b"%PDF-1.7 nothing")
    page.set_input_files("#upload-files input[type=file]", [broken])
    page.wait_for_selector("#upload-files td.filename")
    page.click("#upload-start")
    page.wait_for_selector("#upload-status table")
    name = page.locator("#upload-status td").first
    assert name.inner_text() == "broken.pdf"
    assert (
        name.evaluate(
            "cell => cell.firstChild && (range => (range.selectNode(cell.firstChild), range.getClientRects()"
            ".length))(document.createRange())"
        )
        == 1
    )  # one line
    assert page.locator("#upload-status .listing").evaluate("list => list.scrollWidth <= list.clientWidth")


def test_files_that_are_dropped_are_sifted_as_well(visit: Open) -> None:
    found = visit()
    page = found.page
    found.tab("documents")
    page.wait_for_selector("#upload-files .upload-container")
    page.evaluate(
        """() => { const data = new DataTransfer();
        for (const name of ['a.exe', 'b.md']) data.items.add(new File(['# b'], name));
        document.querySelector('#upload-files [data-testid=upload-text]').dispatchEvent(
          new DragEvent('drop', { bubbles: true, cancelable: true, dataTransfer: data })); }"""
    )
    page.wait_for_selector("#upload-files .file-preview")
    assert page.locator("#upload-files td.filename").count() == 1
    assert "a.exe" in page.inner_text("#upload .refused")


def test_the_scope_is_narrowed_and_says_so(visit: Open) -> None:
    found = visit()
    page = found.page
    page.click("#scope button")
    page.fill("#since input, #since textarea", "2025")
    page.press("#since input, #since textarea", "Tab")
    page.wait_for_function("document.querySelector('#in-force').innerText.includes('1件の文書')")
    found.ask(SHARE)
    assert "1件の文書" in page.inner_text(".turn .about")
    page.fill("#since input, #since textarea", "いつか")
    found.ask("予算は？")
    assert "2025-06-26" in page.locator(".turn").last.locator(".problem").inner_text()


def test_a_stricter_page_refuses_what_a_lenient_one_answers(visit: Open) -> None:
    found = visit()
    page = found.page
    page.click("#scope button")
    page.locator("#strictness label").nth(2).click()
    page.wait_for_function("document.querySelector('#in-force').innerText.includes('厳しめ')")
    found.ask(SHARE)
    assert "厳しめ" in page.locator(".turn").inner_text()


@needs_font
def test_a_new_pdf_is_uploaded_asked_and_removed(visit: Open, tmp_path: Path, served_home: Path) -> None:
    sheet = Sheet()
    sheet.put(60, 60, "しらかば計画の予算", size=24)
    sheet.put(60, 140, "しらかば計画の令和8年度の予算は77億円である。", size=14)
    path = tmp_path / "しらかば計画.pdf"
    path.write_bytes(sheet.content())
    broken = tmp_path / "broken.pdf"
    broken.write_bytes(b"%PDF-1.7\nthis is no page")
    found = visit()
    page = found.page
    found.tab("documents")
    page.set_input_files("#upload-files input[type=file]", [str(path), str(broken)])
    page.wait_for_function("document.querySelector('#upload-files').innerText.includes('broken')")
    page.click("#upload-start")
    page.wait_for_selector("#upload-status table")
    states = [row.inner_text() for row in page.locator("#upload-status tr").all()[1:]]
    assert "取り込みました" in next(state for state in states if "しらかば" in state)
    assert "読めませんでした" in next(state for state in states if "broken" in state)
    page.wait_for_function("document.querySelector('#documents').innerText.includes('しらかば計画')")
    found.tab("ask")
    found.ask("しらかば計画の令和8年度の予算は？")
    assert "77億円" in page.locator(".turn .claims").first.inner_text()
    page.locator(".turn button.cite").first.click()
    page.wait_for_selector("#slide .page .mark")
    found.tab("documents")
    page.click("#choose-document input")
    page.locator("#choose-document [role=option]", has_text="しらかば").click()
    asked: list[str] = []

    def confirm(dialog: Dialog) -> None:
        asked.append(dialog.message)
        dialog.accept()

    page.on("dialog", confirm)
    page.click("#remove")
    page.wait_for_function("!document.querySelector('#documents').innerText.includes('しらかば計画')")
    assert asked == ["削除: しらかば計画"]
    assert not list((served_home / "uploads").rglob("*.pdf"))


def test_two_files_of_one_name_are_both_taken(visit: Open, tmp_path: Path) -> None:
    paths = []
    for folder, budget in (("one", 5), ("two", 6)):
        (tmp_path / folder).mkdir()
        paths.append(tmp_path / folder / "同じ名前.md")
        paths[-1].write_text(f"# せきれい計画{budget}\n\n予算は{budget}億円である。\n", encoding="utf-8")
    found = visit()
    page = found.page
    found.tab("documents")
    page.set_input_files("#upload-files input[type=file]", [str(path) for path in paths])
    page.wait_for_function("document.querySelector('#upload-files').innerText.split('同じ名前').length > 2")
    page.click("#upload-start")
    page.wait_for_selector("#upload-status table")
    assert page.locator("#upload-status td .state.fine").count() == 2
    page.click("#choose-document input")
    for _ in paths:
        page.locator("#choose-document [role=option]", has_text="せきれい").first.wait_for()


def test_what_is_no_document_is_not_taken(visit: Open, tmp_path: Path) -> None:
    passages = tmp_path / "passages.jsonl"
    passages.write_text('{"id": "note-trip", "title": "x", "text": "乗っ取り"}\n', encoding="utf-8")
    found = visit()
    page = found.page
    found.tab("documents")
    page.evaluate("document.querySelector('#upload-files input[type=file]').removeAttribute('accept')")
    page.set_input_files("#upload-files input[type=file]", str(passages))
    page.wait_for_selector("#upload .refused:visible, #upload-files .file-preview")
    page.click("#upload-start")
    page.wait_for_selector("#upload-status :is(table, .note)")
    assert "取り込みました" not in page.inner_text("#upload-status")
    assert "乗っ取り" not in page.inner_text("#documents")


def test_a_hostile_document_does_nothing(visit: Open, tmp_path: Path) -> None:
    """Markup, scripts, images and template signs of a document are text, in the answer, the slide and the listing."""
    hostile = (
        '# はくちょう計画<img src=x onerror="window.hurt=1">\n\n'
        "はくちょう計画の代表は<script>window.hurt=1</script>{{constructor}}${window.hurt=1}氏である。\n\n"
        "はくちょう計画の予算は8億円<svg onload=window.hurt=1>である。![x](http://outside.example/x.png)\n"
    )
    path = tmp_path / "hostile.md"
    path.write_text(hostile, encoding="utf-8")
    found = visit()
    page = found.page
    found.tab("documents")
    page.set_input_files("#upload-files input[type=file]", str(path))
    page.wait_for_function("document.querySelector('#upload-files').innerText.includes('hostile')")
    page.click("#upload-start")
    page.wait_for_selector("#upload-status table")
    found.tab("ask")
    for question in ("はくちょう計画の予算は？", "はくちょう計画の代表は誰ですか？"):
        found.ask(question)
    found.ask("<img src=x onerror='window.hurt=1'>{{7*7}}とは何ですか？")
    buttons = page.locator(".turn button:is(.cite, .near)")
    assert buttons.count()
    buttons.first.click()
    page.wait_for_selector("#slide .slide")
    page.wait_for_timeout(500)
    assert page.evaluate("window.hurt") is None
    assert (
        page.locator("#conversation img, #conversation script, #conversation svg, #slide svg, #documents img").count()
        == 0
    )
    assert "8億円" in page.inner_text("#conversation")


def test_two_browsers_do_not_see_each_other(visit: Open) -> None:
    one, other = visit(), visit(locale="en-US")
    one.ask(SHARE, wait=False)
    other.ask("Who leads UTOPIA?", wait=False)
    one.ended()
    other.ended()
    assert "6.4%" in one.page.inner_text("#conversation")
    assert "UTOPIA" not in one.page.inner_text("#conversation")
    assert "6.4%" not in other.page.inner_text("#conversation")
    assert one.page.locator(".turn").count() == other.page.locator(".turn").count() == 1


def test_on_a_narrow_screen_the_slide_is_a_sheet(visit: Open) -> None:
    found = visit(viewport=NARROW)
    page = found.page
    found.ask(SHARE)
    assert not page.locator("#slide-column").is_visible()
    page.locator("button.cite").first.click()
    page.wait_for_selector("#slide .page img")
    assert page.locator("#slide-column").is_visible()
    page.mouse.click(195, 30)  # one tap beside it
    page.wait_for_selector("#slide-column", state="hidden")
    page.locator("button.cite").first.click()
    page.locator("#slide button.close").click()
    page.wait_for_selector("#slide-column", state="hidden")
    assert page.evaluate("document.documentElement.scrollWidth") <= 390


def test_the_keyboard_is_enough(visit: Open) -> None:
    """From the question to the slide and back, without a mouse."""
    found = visit(viewport=NARROW)
    page = found.page
    page.focus("#question textarea")
    page.keyboard.type(SHARE)
    page.keyboard.press("Enter")
    found.ended()
    page.focus("button.cite")
    page.keyboard.press("Enter")
    page.wait_for_selector("#slide .page img")
    page.keyboard.press("Escape")
    page.wait_for_selector("#slide-column", state="hidden")
    page.wait_for_function("document.activeElement.className.startsWith('cite')")


def test_enter_that_ends_a_conversion_sends_nothing(visit: Open) -> None:
    page = visit().page
    page.fill("#question textarea", "よさん")
    page.evaluate(
        """() => document.querySelector('#question textarea').dispatchEvent(new KeyboardEvent('keydown',
        {key: 'Enter', keyCode: 229, isComposing: true, bubbles: true, cancelable: true}))"""
    )
    page.wait_for_timeout(500)
    assert page.locator(".turn").count() == 0
    page.press("#question textarea", "Enter")
    page.wait_for_selector(".turn")


def test_a_question_asked_the_moment_an_answer_ends_is_asked(visit: Open) -> None:
    """Gradio's event has not ended yet when the answer is there, and takes no second submission until it has."""
    found = visit()
    page = found.page
    page.evaluate(
        """() => {
          const box = document.querySelector("#question textarea");
          let seen = false;
          new MutationObserver((_, observer) => {
            seen ||= document.querySelector(".turn.pending") !== null;
            if (!seen || !document.querySelector(".turn.done")) return;
            observer.disconnect();
            box.value = "Who leads UTOPIA?";
            box.dispatchEvent(new Event("input", { bubbles: true }));
            box.dispatchEvent(new KeyboardEvent("keydown", { key: "Enter", bubbles: true }));
            box.dispatchEvent(new KeyboardEvent("keypress", { key: "Enter", bubbles: true }));
          }).observe(document.querySelector("#conversation"), { childList: true, subtree: true });
        }"""
    )
    found.ask(SHARE)
    page.wait_for_function("document.querySelectorAll('.turn.done').length === 2")


def test_that_a_question_was_sent_is_said_before_the_server_answers(visit: Open) -> None:
    found = visit()
    page = found.page
    held: list[object] = []
    page.route("**/queue/join*", lambda route: held.append(route))
    page.fill("#question textarea", SHARE)
    page.press("#question textarea", "Enter")
    page.wait_for_selector("#conversation .stage")  # the server has not heard of it yet
    assert page.locator(".turn").count() == 0
    page.unroute("**/queue/join*")  # lets go of what was held
    assert held
    found.ended()
    assert page.locator("#conversation .stage").count() == 0


def test_everything_has_a_name_for_a_screen_reader(visit: Open) -> None:
    found = visit()
    page = found.page
    found.ask(SHARE)
    nameless = page.evaluate(
        """() => [...document.querySelectorAll('button, textarea, input:not([type=file]), img, a')]
        .filter((e) => e.offsetParent && !e.innerText && !e.ariaLabel && !e.title && !e.alt && !e.labels?.length
          && !e.getAttribute('aria-labelledby') && !e.placeholder)
        .map((e) => e.outerHTML.slice(0, 200))"""
    )
    assert nameless == []
    assert page.get_attribute("#conversation", "aria-live") == "polite"


def test_a_text_is_checked_sentence_by_sentence(visit: Open) -> None:
    found = visit()
    page = found.page
    found.tab("check")
    page.fill("#check-text textarea", "B-cureの令和7年度予算額は43億円である。B-cureの令和7年度予算額は99億円である。")
    page.click("#check-start")
    page.wait_for_selector(".sentence.contradicted")
    assert page.locator(".sentence.supported").count() == 1
    page.locator(".sentence button.cite").first.click()
    page.wait_for_selector("#slide :is(.mark, mark)")
    assert text("check-supported", "ja") in page.inner_text(".sentence.supported")
    assert "99億円" in page.inner_text(".sentence.contradicted .where >> nth=0")
    # Why is said in the language of the page, whatever the sentence is in.
    found = visit(locale="en-US")
    found.tab("check")
    found.page.fill("#check-text textarea", "B-cureの令和7年度予算額は99億円である。")
    found.page.click("#check-start")
    found.page.wait_for_selector(".sentence.contradicted")
    why = found.page.inner_text(".sentence.contradicted .where >> nth=0")
    assert not re.search("[ぁ-んァ-ヶ]", re.sub("「[^」]*」|“[^”]*”", "", why)), why


def test_a_check_that_was_stopped_says_so(visit: Open) -> None:
    found = visit()
    page = found.page
    found.tab("check")
    page.fill("#check-text textarea", "B-cureの令和7年度予算額は43億円である。" * 200)
    on_their_way: list[Route] = []
    page.route("**/cancel*", lambda route: on_their_way.append(route))
    page.click("#check-start")
    page.wait_for_selector("#checked .stage")
    page.click("#check-stop")
    page.wait_for_function(f"document.querySelector('#checked').innerText.includes({text('stopped', 'ja')!r})")
    page.wait_for_selector("#checked .stage", state="detached")
    # An update that was under way when it was stopped comes after all.
    late = f"<p class='stage' data-stopped='{text('stopped', 'ja')}'>3 / 200</p>"
    page.evaluate("late => document.querySelector('#checked').insertAdjacentHTML('beforeend', late)", late)
    page.wait_for_function("!document.querySelector('#checked .stage')")
    assert "3 / 200" not in page.inner_text("#checked")
    # A click now would be dropped.
    assert page.get_attribute("#check-start", "aria-disabled") == "true"
    for request in on_their_way:
        request.continue_()
    page.wait_for_selector("#check-start:not([aria-disabled])")
    page.click("#check-start")
    page.wait_for_selector("#checked .stage")


def test_feedback_that_cannot_be_stored_is_not_said_to_be(visit: Open, served_home: Path) -> None:
    found = visit()
    page = found.page
    found.ask(SHARE)
    path = served_home / "feedback.sqlite3"
    kept = path.read_bytes() if path.exists() else None
    path.unlink(missing_ok=True)
    path.mkdir()
    try:
        page.locator("[data-act=vote]").first.click()
        page.wait_for_function(f"document.querySelector('.comment').innerText.includes({text('not-noted', 'ja')!r})")
        assert page.locator(".comment input").is_hidden()
        assert page.locator("[data-act=vote][aria-pressed=true]").count() == 0
    finally:
        path.rmdir()
        if kept:
            path.write_bytes(kept)
    page.locator("[data-act=vote]").first.click()
    page.wait_for_function(f"document.querySelector('.comment').innerText.includes({text('thanks', 'ja')!r})")
    assert page.locator("[data-act=vote][aria-pressed=true]").count() == 1
    assert page.locator(".comment input").is_visible()


def test_feedback_is_kept_and_becomes_a_case(visit: Open, served_home: Path) -> None:
    found = visit()
    page = found.page
    found.ask(SHARE)
    turn = page.locator(".turn").get_attribute("data-turn")
    page.locator("[data-act=vote]").first.click()
    page.fill(".comment input", "表がそのまま出た")
    page.click("[data-act=comment]")
    case = None
    for _ in range(50):
        case = next((c for c in Feedback(served_home).cases() if c.id == f"feedback-{turn}"), None)
        if case and "comment: 表がそのまま出た" in case.tags:
            break
        page.wait_for_timeout(200)
    assert case is not None
    assert case.tags == ("feedback", "good", "comment: 表がそのまま出た")
    assert [(p.doc_id, p.page) for p in case.places] == [("mext-life-science-2025", 5)]
    assert not case.reviewed
    with closing(sqlite3.connect(served_home / "feedback.sqlite3")) as connection:
        (stored,) = connection.execute("SELECT answer FROM feedback WHERE turn = ?", (turn,)).fetchone()
    trace = json.loads(stored)["trace"]
    assert trace["timings_ms"]["total"] > 0
    assert 0 < trace["probability"] <= 1
    assert ["mext-life-science-2025", 5] in trace["evidence"]


def test_an_evaluation_that_is_not_there_is_told(visit: Open) -> None:
    found = visit()
    found.tab("evaluation")
    found.page.wait_for_function("document.querySelector('#report').innerText.includes('lsqa eval')")


@needs_font
def test_an_empty_library_takes_its_first_document(browser: Browser, served_home: Path, tmp_path: Path) -> None:
    home = tmp_path / "empty"
    home.mkdir()
    (home / "models").symlink_to(served_home / "models")
    (tmp_path / "first.md").write_text("# こまどり計画\n\nこまどり計画の予算は3億円である。\n", encoding="utf-8")
    with served(Desk(load_settings(home=str(home))[0])) as address, visiting(browser, address) as visit:
        found = visit()
        assert "まだ文書がありません" in found.page.inner_text("#conversation")
        found.tab("documents")
        found.page.set_input_files("#upload-files input[type=file]", str(tmp_path / "first.md"))
        found.page.wait_for_function("document.querySelector('#upload-files').innerText.includes('first')")
        found.page.click("#upload-start")
        found.page.wait_for_selector("#upload-status table")
        found.tab("ask")
        found.ask("こまどり計画の予算は？")
        assert "3億円" in found.page.inner_text(".turn")
    catalogue = Catalogue.open(home)
    assert catalogue.document_count == 1
    catalogue.close()
