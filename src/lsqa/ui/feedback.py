"""What people say of answers: kept in a database of its own, handed out as cases that somebody has to review."""

import json
import sqlite3
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Final

from pydantic import ValidationError

from lsqa.evaluation.cases import Case, Place
from lsqa.library import home_errors
from lsqa.text import detect_language
from lsqa.ui.turns import ShownTurn

FILE_NAME: Final = "feedback.sqlite3"
LONGEST_COMMENT: Final = 1_000
_TABLE: Final = """
CREATE TABLE IF NOT EXISTS feedback (
    turn TEXT PRIMARY KEY, at TEXT NOT NULL, rating INTEGER NOT NULL CHECK (rating IN (-1, 1)),
    comment TEXT NOT NULL, question TEXT NOT NULL, answer TEXT NOT NULL
) WITHOUT ROWID
"""


@dataclass(frozen=True, slots=True)
class Judged:
    """What somebody said of an answer: `rating` is 1 or -1."""

    rating: int
    has_comment: bool


class Feedback:
    """Thumbs and comments in `home/feedback.sqlite3`, which is made with the first of them. For any number of
    threads."""

    def __init__(self, home: Path) -> None:
        self._home = home
        self._path = home / FILE_NAME

    def vote(self, turn: ShownTurn, rating: int) -> None:
        """Note a thumb, up (1) or down (-1), with the question, the answer and how it came about.

        Raises `HomeError`.
        """
        now = datetime.now(UTC).isoformat(timespec="seconds")
        answer = json.dumps(turn.model_dump(mode="json"), ensure_ascii=False)
        with self._opened() as connection:
            connection.execute(
                """INSERT INTO feedback VALUES (?, ?, ?, '', ?, ?)
                ON CONFLICT (turn) DO UPDATE SET at = excluded.at, rating = excluded.rating""",
                (turn.id, now, 1 if rating > 0 else -1, turn.question, answer),
            )

    def comment(self, turn: ShownTurn, comment: str) -> None:
        """Add the reason to a thumb that was noted. Raises `HomeError`."""
        with self._opened() as connection:
            connection.execute(
                "UPDATE feedback SET comment = ? WHERE turn = ?", (comment.strip()[:LONGEST_COMMENT], turn.id)
            )

    def judged(self, turn_ids: Sequence[str]) -> dict[str, Judged]:
        """What was noted of turns, by their ids; nothing of those that nobody judged. Raises `HomeError`."""
        if not turn_ids or not self._path.is_file():
            return {}
        marks = ", ".join("?" * len(turn_ids))
        with self._opened() as connection:
            rows = connection.execute(
                f"SELECT turn, rating, comment != '' FROM feedback WHERE turn IN ({marks})", list(turn_ids)
            ).fetchall()
        return {turn: Judged(rating, bool(has_comment)) for turn, rating, has_comment in rows}

    def cases(self) -> tuple[Case, ...]:
        """A candidate for each answer that somebody judged, the oldest first; none of them reviewed."""
        if not self._path.is_file():
            return ()
        with self._opened() as connection:
            rows = connection.execute("SELECT rating, comment, answer FROM feedback ORDER BY at, turn").fetchall()
        return tuple(case for row in rows if (case := _case(*row)))

    @contextmanager
    def _opened(self) -> Iterator[sqlite3.Connection]:
        with home_errors(self._home):
            connection = sqlite3.connect(self._path, timeout=10.0)
            try:
                with connection:
                    connection.execute(_TABLE)
                    yield connection
            finally:
                connection.close()


def _case(rating: int, comment: str, answer: str) -> Case | None:
    """A candidate: what was cited, or stood nearest, is where the answer may stand. What was rightly refused is a case
    that has to be refused; of a bad answer nothing is taken for right but that the question was asked."""
    try:
        turn = ShownTurn.model_validate_json(answer)
    except ValidationError:
        return None
    is_good = rating > 0
    cited = [(c.doc_id, c.page) for claim in turn.claims for c in claim.citations]
    places = dict.fromkeys(cited or [(n.doc_id, n.page) for n in turn.nearest])
    is_unanswerable = not places or (turn.status == "refused" and is_good)
    question = turn.resolved or turn.question
    return Case(
        id=f"feedback-{turn.id}",
        question=question,
        language=detect_language(question),
        kind="unanswerable" if is_unanswerable else "lookup",
        places=() if is_unanswerable else tuple(Place(doc_id=d, page=p) for d, p in places),
        tags=("feedback", "good" if is_good else "bad", *((f"comment: {comment}",) if comment else ())),
        reference=turn.text if is_good and not is_unanswerable else "",
        reviewed=False,
    )
