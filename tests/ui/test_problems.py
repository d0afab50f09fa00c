"""Whatever goes wrong is told in the language of whoever reads it, and nothing of the machine it went wrong on."""

import re
from collections.abc import Iterator

import pytest

from lsqa import errors
from lsqa.errors import DocumentError, LsqaError, ModelUnavailableError
from lsqa.ingest.report import FINE, FileResult, FileStatus, Progress
from lsqa.ui.documents_tab import results_html, under_way_html
from lsqa.ui.problems import KEYS_OF, problem_html, told
from lsqa.ui.texts import KEYS, text
from lsqa.ui.uploads import FileState, Refused, UnderWay

_JAPANESE = re.compile(r"[ぁ-んァ-ヶ一-龠]")


def kinds(kind: type[LsqaError] = LsqaError) -> Iterator[type[LsqaError]]:
    yield kind
    for below in kind.__subclasses__():
        if below.__module__ == errors.__name__:
            yield from kinds(below)


def test_every_kind_of_error_has_words_of_its_own_in_both_languages() -> None:
    """A kind that is added is told by nothing until it is given words here."""
    assert set(KEYS_OF) == set(kinds())
    for key in KEYS_OF.values():
        japanese, english = text(key, "ja"), text(key, "en")
        assert _JAPANESE.search(japanese), key
        assert not _JAPANESE.search(english), key


@pytest.mark.parametrize("kind", list(kinds()))
def test_no_path_server_or_command_is_told(kind: type[LsqaError]) -> None:
    error = kind("the index in /var/lib/secret cannot be used <b>", hint="lsqa ingest --rebuild")
    for language in ("ja", "en"):
        said = told(error, language)
        assert said
        assert "secret" not in said
        assert "--rebuild" not in said
    assert "<b>" not in problem_html(error, "ja")


def test_a_kind_from_elsewhere_is_told_as_what_it_is_one_of() -> None:
    class OtherError(ModelUnavailableError):
        pass

    assert told(OtherError("x", hint="y"), "ja") == text("error-model", "ja")


@pytest.mark.parametrize("status", sorted({*FileStatus.__args__} - FINE))  # type: ignore[attr-defined]  # a Literal
def test_a_file_that_was_not_read_comes_with_what_to_do(status: FileStatus) -> None:
    assert f"advice-{status}" in KEYS
    error = DocumentError("broken.pdf is damaged", hint="save it again", status=status)
    html = results_html((FileResult("/srv/x/broken.pdf", status, reason=str(error)),), (), "ja", 50)
    assert text(f"advice-{status}", "ja") in html
    assert 'lang="en">broken.pdf is damaged' in html  # which says more, in the language it is in
    assert "/srv/x" not in html


def test_where_each_file_stands_is_shown_while_others_are_read() -> None:
    ended = FileResult("/srv/x/c.pdf", "locked", reason="c.pdf is encrypted")
    files: tuple[tuple[str, FileState], ...] = (
        ("/srv/x/a.md", "waiting"),
        ("/srv/x/<b>.md", "reading"),
        ("/srv/x/c.pdf", ended),
    )
    event = UnderWay(Progress("<b>.md", 1, 3, 0, 4, 2), files)
    html = under_way_html(event, (Refused("d.exe", "upload-type"),), "ja", 50)
    rows = re.findall(r"<li>(.*?) <span class=\"state (\w*)\">(.*?)</span>", html)
    assert rows == [
        ("a.md", "", "順番待ち"),
        ("&lt;b&gt;.md", "", "読み込み中"),
        ("c.pdf", "wrong", "パスワードが必要です"),
        ("d.exe", "wrong", "読めない種類です"),
    ]
    assert "1 / 3" in html
    assert text("advice-locked", "ja") in html
    again = results_html((FileResult("/srv/x/a.md", "unchanged"),), (), "ja", 0, is_again=True)
    assert text("read-again-same", "ja") in again
