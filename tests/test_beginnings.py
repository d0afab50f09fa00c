"""When something begins or ends: only what tells that counts, not any date that stands near."""

import pytest

from lsqa.asked_kinds import holds
from lsqa.question_forms import AskedKind
from lsqa.questions import analyse


@pytest.mark.parametrize(
    ("question", "text", "expected"),
    [
        ("あけぼの計画はいつ始まった？", "事業実施期間：令和3年度～令和7年度", True),
        ("あけぼの計画はいつ始まった？", "作業部会が令和7年5月に方向性を示した。", False),
        ("あけぼの計画はいつ始まった？", "令和3年度に開始した。", True),
        ("あけぼの計画は何年度から続いているか", "事業実施期間：令和3年度～", True),
        ("あけぼの計画は何年度に終わる予定ですか", "事業実施期間：令和3年度～", False),
        ("あけぼの計画は何年度に終わる予定ですか", "事業実施期間：令和3年度～令和7年度", True),
        ("あけぼの計画はいつまで続くか", "令和9年度まで実施する。", True),
        ("あけぼの計画はいつ始まりいつ終わるのか", "事業実施期間：令和3年度～令和7年度", True),
        ("あけぼの計画はいつ始まりいつ終わるのか", "令和3年度に開始した。", False),
        ("あけぼの計画の公募はいつから？", "R6年10月以降：順次公募", True),
        ("あけぼの計画はいつ決まりましたか", "令和7年5月に決定した。", True),
        ("何年から何年の平均ですか", "2019年、2020年、2021年の3年平均", True),
        ("基本計画はいつまでに作りますか", "2025年度内に策定する。", True),
        ("康夫が作家を目指したのはいつからですか", "康夫は中学2年頃から作家を志した。", True),
        ("あけぼの計画はいつ始まるか", "開始時期：2026年4月", True),
        ("あけぼの計画はいつ終わるか", "The plan runs until March 2028.", True),
        ("あけぼの計画はいつ終わるか", "The plan started in March 2025.", False),
        ("When did the Akebono plan start?", "令和3年度～令和7年度", True),
        ("When did the Akebono plan start?", "令和6年6月閣議決定", False),
        ("When does the Akebono plan end?", "令和3年度～", False),
    ],
)
def test_only_what_tells_the_begin_or_the_end_answers(question: str, text: str, expected: bool) -> None:
    asked = analyse(question)
    times: frozenset[AskedKind] = frozenset({"date", "period"})
    kinds = asked.asked & times
    assert kinds
    assert all(holds(kind, text, asked) is expected for kind in kinds)
