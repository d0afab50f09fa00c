"""Which questions are read: those in Japanese and English, whatever names of other scripts they hold."""

import json
from pathlib import Path

import pytest

from lsqa.question_language import is_read

EVALS = Path(__file__).parent.parent / "evals"
READ = [
    "BTS（방탄소년단）のメンバーは何人ですか",
    "キム・ジョンウン（김정은）の役職は？",
    "What is the α-synuclein budget?",
    "What is the budget of Владимир's B-cure project in 2025?",
    "10µmとは",
    "TNF-αの予算は？",
    "βγサブユニットの予算は",
    "В-cureの予算は？",  # a Cyrillic letter that looks like the Latin one
    "Ⅲ期の予算",
    "ﾗｲﾌｻｲｴﾝｽの予算",
    "Ｂ－ｃｕｒｅの予算は",
    "B-cure",
    "UTOPIA CAMaD SCARDA",
    "ΔG",
    "々",
    "😀？",
    "123",
    "",
]
NOT_READ = [
    "B-cure의 2025년도 예산은?",
    "Каков бюджет B-cure?",
    "UTOPIA CAMaD SCARDA 예산은?",
    "moonshot 예산은?",
    "「あけぼの」 계획의 2025년도 예산은 얼마입니까?",
    "งบประมาณของ B-cure คือเท่าไร",
    "ما هي ميزانية B-cure؟",
    "Ποιος είναι ο προϋπολογισμός του B-cure;",
    "מה התקציב של B-cure?",
    "B-cure का बजट?",
    "김정은",
]


@pytest.mark.parametrize("question", READ)
def test_a_question_with_names_of_another_script_is_read(question: str) -> None:
    assert is_read(question)


@pytest.mark.parametrize("question", NOT_READ)
def test_a_question_in_another_script_is_not_whatever_latin_names_it_holds(question: str) -> None:
    assert not is_read(question)


def test_every_question_of_the_suites_is_read() -> None:
    lines = [line for suite in EVALS.rglob("*.jsonl") for line in suite.read_text(encoding="utf-8").splitlines()]
    questions = [question for line in lines if (question := json.loads(line).get("question"))]
    assert len(questions) > 1_000
    assert all(map(is_read, questions))
