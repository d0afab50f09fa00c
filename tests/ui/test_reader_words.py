"""What readers say of files, on the Japanese page. What they can say is collected from their source."""

import ast
import re
from collections.abc import Iterator
from pathlib import Path

import pytest

import lsqa
from lsqa.catalogue import DocumentRecord
from lsqa.ingest.report import FileResult
from lsqa.readers.hidden_text import HiddenText, places
from lsqa.readers.remarks import REMARKS, remark
from lsqa.ui.documents_tab import listing_html, results_html
from lsqa.ui.reader_words import FAILURES, REASONS, REMARKS_IN_JAPANESE, in_words

SOURCE = Path(lsqa.__file__).parent
_JAPANESE = re.compile(r"[ぁ-んァ-ヶ一-龠]")
_FIELD = re.compile(r"\{(\w+)\}")
# Files of passages are not read through the page.
READERS = [p for p in sorted((SOURCE / "readers").glob("*.py")) if p.name != "passages.py"]
# Where the message of a `DocumentError`, or of what becomes one, stands among the arguments.
_MESSAGES = {"DocumentError": 0, "ReadFailure": 0, "_lose": 1, "_fail": 2}
SAMPLE = "7"


def literal(node: ast.expr) -> str | None:
    """The text of an expression, with a sample for what is put in; None where it is no text."""
    if isinstance(node, ast.Constant):
        return node.value if isinstance(node.value, str) else None
    if isinstance(node, ast.JoinedStr):
        return "".join(str(part.value) if isinstance(part, ast.Constant) else SAMPLE for part in node.values)
    return None


def messages(path: Path) -> Iterator[str]:
    """What the errors of a module say."""
    for function in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if not isinstance(function, ast.FunctionDef):
            continue
        named: dict[str, list[str]] = {}
        for node in ast.walk(function):
            if isinstance(node, ast.Assign) and isinstance(node.targets[0], ast.Name) and (said := literal(node.value)):
                named.setdefault(node.targets[0].id, []).append(said)
        for call in ast.walk(function):
            place = _MESSAGES.get(ast.unparse(call.func).split(".")[-1]) if isinstance(call, ast.Call) else None
            if not isinstance(call, ast.Call) or place is None or len(call.args) <= place:
                continue
            message = call.args[place]
            if said := literal(message):
                yield said
            elif isinstance(message, ast.Name):
                yield from named.get(message.id, ())


def reasons() -> set[str]:
    """The constants that say why text is not seen: the only ones of readers that are words alone."""
    found: set[str] = set()
    for path in READERS:
        for node in ast.parse(path.read_text(encoding="utf-8")).body:
            said = literal(node.value) if isinstance(node, ast.AnnAssign) and node.value else None
            if said and re.fullmatch(r"[a-z]+(?: [a-z]+)+", said):
                found.add(said)
    return found


FAILING = sorted({
    message
    for path in (*READERS, *sorted((SOURCE / "isolation").glob("*.py")), SOURCE / "ingest" / "intake.py")
    for message in messages(path)
})  # fmt: skip


def test_what_is_collected_is_what_readers_say() -> None:
    assert "7 is encrypted" in FAILING
    assert "its reader crashed (7)" in FAILING
    assert len(FAILING) > 30
    assert {"in no visible colour", "marked as hidden", "off the slide"} <= reasons()


@pytest.mark.parametrize("message", FAILING)
def test_every_reason_why_a_file_is_not_read_is_said_in_japanese(message: str) -> None:
    for said in (message, f"{message} — do something about it"):
        shown = in_words(said, "ja")
        assert _JAPANESE.search(shown), said
        assert "do something" not in shown  # the page says itself what to do
        assert in_words(said, "en") == said


@pytest.mark.parametrize("key", sorted(REMARKS))
def test_every_warning_is_said_in_japanese_with_its_numbers_and_names(key: str) -> None:
    values = {
        "where": "slide 31: ", "count": "1,234", "number": "57", "read": "10,000", "name": "集計 A",
        "places": places("page", [3, 4, 5, 9]), "shown": repr("秘密 text"), "reason": "an unknown reason",
    }  # fmt: skip
    again = {"where": "31枚目のスライド：", "places": "3–5、9ページ", "shown": "「秘密 text」"}
    used = _FIELD.findall(REMARKS[key])
    shown = in_words(remark(key, **values), "ja")
    assert _JAPANESE.search(shown)
    for name in used:
        assert again.get(name, values[name]) in shown, name
    assert set(_FIELD.findall(REMARKS_IN_JAPANESE[key])) == set(used)


def test_no_sentence_is_kept_that_nobody_says() -> None:
    assert set(REMARKS_IN_JAPANESE) == set(REMARKS)
    assert {reason for reason in REASONS if "{" not in reason} == reasons()
    for english, japanese in (*FAILURES.items(), *REASONS.items()):
        assert _JAPANESE.search(japanese)
        assert set(_FIELD.findall(japanese)) <= set(_FIELD.findall(english))


@pytest.mark.parametrize("reason", sorted(reasons()))
def test_every_reason_why_text_is_not_seen_is_said_in_japanese(reason: str) -> None:
    hidden = HiddenText()
    hidden.add("sheet 予算: 案", reason, "秘密の文")
    (warning,) = hidden.warnings()
    shown = in_words(warning, "ja")
    assert shown.startswith("シート「予算: 案」：見えない文字（")
    assert shown.endswith("）4字を除きました：「秘密の文」")
    assert reason not in shown


def test_rows_recognition_and_several_warnings_at_once_are_said_too() -> None:
    rows = remark("hidden", where="sheet A: ", count=12, reason="2 hidden rows", shown="'x'")
    assert in_words(rows, "ja") == "シート「A」：見えない文字（非表示の行2行）12字を除きました：「x」"
    unsure = "Tesseract is sure of 41% of what it sees: a picture or a bad scan"
    assert "41%" in in_words(remark("unrecognised", number=2, reason=unsure), "ja")
    assert "Tesseract is" not in in_words(remark("unrecognised", number=2, reason=unsure), "ja")
    pictures = remark("picture", places=places("page", [1, 2]))
    said = in_words(f"no text in it: {pictures}; {rows}; something new — a scanned page needs text recognition", "ja")
    assert said == f"文字がありません：{in_words(pictures, 'ja')} {in_words(rows, 'ja')} something new"


def test_what_is_not_known_stays_as_it_is() -> None:
    for said in ("something new happened", "", "x" * 10_000, "page 1: {0} of {where}", "3 hidden rows"):
        assert in_words(said, "ja") == said


def test_the_page_shows_them_in_its_language() -> None:
    warning = remark("unshown", places="slide 2")
    record = DocumentRecord("d", "題", "", "", "", "", "", "pptx", "/d.pptx", 3, 5, (warning,))
    result = FileResult("/d.pptx", "indexed", warnings=(warning,))
    for html in (listing_html([record], "ja"), results_html([result], (), "ja", 0)):
        assert "2枚目のスライドは作成者が非表示にした" in html
        assert 'lang="en"' not in html
    assert warning in listing_html([record], "en")
    unknown = results_html([FileResult("/d.pptx", "failed", reason="<b>new</b>")], (), "ja", 0)
    assert 'lang="en">&lt;b&gt;new' in unknown
