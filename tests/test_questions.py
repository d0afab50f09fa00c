"""What is read off a question: the kind of thing asked for, the figures taken for granted, the words to be about."""

import pytest

from lsqa.errors import QuestionError
from lsqa.question_forms import AskedKind
from lsqa.questions import MAX_QUESTION_CHARACTERS, MOST_PARTS, MOST_TERMS, Term, analyse, check_question, key
from lsqa.relevance import stands_in


def asked(text: str) -> set[str]:
    return set(analyse(text).asked)


def premises(text: str) -> list[str]:
    return [text[f.start : f.end] for f in analyse(text).premises]


def term(text: str, word: str) -> Term:
    """The one term of the question that is written `word`."""
    (found,) = [t for t in analyse(text).terms if t.text == word]
    return found


def words(text: str) -> list[str]:
    return [t.text for t in analyse(text).terms]


# The kind of thing asked for


@pytest.mark.parametrize(
    ("text", "kind"),
    [
        ("予算はいくらですか", "amount"),
        ("あけぼの計画の2025年度の予算は？", "amount"),
        ("総額は何億円か", "amount"),
        ("一課題あたりの支援額を教えて", "amount"),
        ("How much does the programme spend?", "amount"),
        ("札幌の施設に配分された年間の研究費", "amount"),
        ("望遠鏡の整備費を教えて", "amount"),
        ("What is the total amount of the grants?", "amount"),
        ("訪問者の数", "count"),
        ("訪問者数を知りたい", "count"),
        ("観測施設の数はいくつ", "count"),
        ("観測できる標本は何万人分あるの", "count"),
        ("How many visitors came?", "count"),
        ("望遠鏡の生産で日本は世界で何番目？", "rank"),
        ("日本の生産量の順位", "rank"),
        ("Where does Japan rank?", "rank"),
        ("担当するのは何という機関か", "organisation"),
        ("拠点となる研究所の名称", "organisation"),
        ("Which research institutes take part?", "organisation"),
        ("What are the names of the selected universities?", "organisation"),
        ("What was the total funding?", "amount"),
        ("いつ始まったか", "date"),
        ("何年度に採択されたか", "date"),
        ("When did the survey start?", "date"),
        ("Which fiscal year saw the most patents?", "date"),
        ("決定された日は？", "day"),
        ("On what date was the plan approved?", "day"),
        ("何年間の事業か", "period"),
        ("いつまで続くか", "period"),
        ("いつからの事業か", "period"),
        ("How long does the programme run?", "period"),
        ("検討会の座長は誰か", "person"),
        ("拠点長の氏名を教えて", "person"),
        ("Who leads the office?", "person"),
        ("病院の何％が参加したか", "percent"),
        ("女性の割合は？", "percent"),
        ("What percentage of hospitals take part?", "percent"),
        ("何人が参加したか", "count"),
        ("論文の件数を教えて", "count"),
        ("How many hubs are there?", "count"),
        ("日本は世界で何位か", "rank"),
        ("What rank does Japan hold?", "rank"),
        ("特許は何倍になったか", "multiple"),
        ("By what factor did the patents grow?", "multiple"),
        ("どの大学が代表か", "organisation"),
        ("担当はどこの課か", "organisation"),
        ("参加機関を列挙して", "organisation"),
        ("Which institutes host the hubs?", "organisation"),
        ("なぜ延期されたのか", "reason"),
        ("延期の理由は？", "reason"),
        ("Why was the launch delayed?", "reason"),
        ("ABCは何の略か", "expansion"),
        ("漁獲量は世界で何番手か", "rank"),
        ("この港は国内で何番目に大きいか", "rank"),
        ("補助は何か月間か", "period"),
        ("支援はどれくらいの期間続くの", "period"),
        ("工事はどのくらい長く続きますか", "period"),
        ("航路の休止はどれくらいの長さか", "period"),
        ("How many months does the ferry run?", "period"),
        ("予算を教えて。何に使うのかも知りたい", "amount"),
        ("予算を教えて、何に使うのかも知りたい", "amount"),
        ("人件費を教えてください", "amount"),
        ("望遠鏡の整備費をいくらと見込むか", "amount"),
        ("誰が何を決めるのか", "person"),
        ("What does ABC stand for?", "expansion"),
        ("Which country ranks third in tuna?", "organisation"),
        ("Which country is ranked at the top?", "organisation"),
        ("Where does Japan rank among its neighbours?", "rank"),
        ("論文の本数をまとめた研究所はどこか", "organisation"),
        ("漁獲の件数を数えたのは誰か", "person"),
        ("対策は大きく何本立てか", "count"),
        ("How much of the total catch is tuna?", "percent"),
        ("What is the maximum grant for each boat?", "amount"),
        ("船にはどのくらいのお金が付くか", "amount"),
        ("なんで増えたの？", "reason"),
        ("Who chaired the panel?", "person"),
        ("港で一番偉い人の名前", "person"),
        ("港に付くお金、船とどっちが多い？", "amount"),
        ("首位はどの国か", "organisation"),
        ("造船の拠点はどこ？", "organisation"),
        ("税関は何時に閉まりますか", "time"),
        ("窓口の受付時間は？", "time"),
        ("What time does the harbour open?", "time"),
        ("免許には何年必要か", "period"),
        ("船体は何年で寿命を迎えるか", "period"),
        ("検査は何日かかりますか", "period"),
        ("灯台の住所を教えて", "address"),
        ("令和6年度の補正は？", "amount"),
    ],
)
def test_the_kind_asked_for(text: str, kind: AskedKind) -> None:
    assert asked(text) == {kind}


@pytest.mark.parametrize(
    ("text", "kinds"),
    [
        ("発表は何月何日か", {"date", "day"}),
        ("予算はいくらで、いつ始まるか", {"amount", "date"}),
        ("事業の期間と予算は？", {"period", "amount"}),
        ("Who leads it and how much does it cost?", {"person", "amount"}),
    ],
)
def test_several_kinds_at_once(text: str, kinds: set[str]) -> None:
    assert asked(text) == kinds


@pytest.mark.parametrize(
    "text",
    [
        "あけぼの計画はどのような計画か",
        "分野はどこか",
        "いくつかの拠点について説明して",
        "What does the programme do?",
        "人材を育成する仕組みは？",
        "根拠となる法律は？",
        "計画は法律の第何条に基づくのか",
        "論文数の推移を説明して",
        "点数の付け方",
        "維持の経費を今後も確保するにあたり、天候のうち何を考慮するのか",
        "予算を配分する委員会の役割は？",
        "いくつもの要因が絡む事故を防ぐ装置の愛称は何ですか",
        "予算は何に使われますか",
        "経費を抑えるためにどんな工夫をするのか",
        "人数を何から推計したのか",
        "期間中に何を行うのか",
        "灯台の設置の根拠は灯台法の第何条ですか",
        "灯台の設置の法的な根拠は？",
        "計画の根拠は基本法の何条か",
        "何番の航路が廃止されますか",
        "廃止されるのは何番の航路か",
        "どこの国で造られた船か",
        "What kinds of institutions take part?",
        "住所データの必須項目の決め方は？",
        "「アドレス」という語の由来は？",
        "暗い海での測定値の補正は？",
        "港のコードは何番ですか",
        "補間に使う乗数は？",
        "航海時間は？",
    ],
)
def test_no_kind_where_none_is_named(text: str) -> None:
    assert asked(text) == set()


@pytest.mark.parametrize(
    ("text", "absent"),
    [("いつから始まるか", "date"), ("何年間続くか", "date"), ("何年続くか", "date"), ("いつまでか", "date")],
)
def test_a_span_of_time_is_no_point_in_time(text: str, absent: str) -> None:
    assert absent not in asked(text)
    assert "period" in asked(text)


@pytest.mark.parametrize(
    "text", ["なぜ予算は減ったのか", "予算が減った理由は？", "Why did the budget of the plan fall?"]
)
def test_whoever_asks_why_asks_for_nothing_else(text: str) -> None:
    assert asked(text) == {"reason"}


@pytest.mark.parametrize(
    ("text", "counter"),
    [
        ("何人が参加したか", "人"),
        ("大学は何校か", "校"),
        ("何機関が連携したか", "機関"),
        ("何か国で行うか", "か国"),
        ("論文は何報か", "報"),
        ("人数を教えて", "人"),
        ("何万人が訪れたか", "人"),
        ("予算は何億円か", ""),
        ("How many people took part?", ""),
    ],
)
def test_the_counter_of_the_count_asked_for(text: str, counter: str) -> None:
    assert analyse(text).counter == counter


@pytest.mark.parametrize(
    ("text", "body"),
    [
        ("どの大学が代表か", "大学"),
        ("担当課はどこですか", "課"),
        ("採択された病院を列挙して", "病院"),
        ("何省の所管か", "省"),
        ("センターの一覧", "センター"),
        ("どこが担当するか", ""),
        ("大学の役割は？", ""),
        ("採択された大学名を知りたい", "大学"),
        ("選ばれた機関はどこか", "機関"),
        ("Which universities took part?", "大学"),
        ("Which research institutions took part?", "機関"),
        ("Through which agency are universities funded?", ""),
        ("What kinds of universities take part?", ""),
    ],
)
def test_the_sort_of_organisation_asked_for(text: str, body: str) -> None:
    assert analyse(text).body == body


@pytest.mark.parametrize(
    ("text", "noun"),
    [
        ("承認された病院の数", "病院"),
        ("訪問者数を知りたい", "訪問者"),
        ("全国いくつの大学が加わるか", "大学"),
        ("プロジェクトはいくつあるか", "プロジェクト"),
        ("How many research projects with companies were started?", "research projects"),
        ("What was the number of visitors?", "visitors"),
        ("予算はいくらか", ""),
    ],
)
def test_what_is_to_be_counted(text: str, noun: str) -> None:
    assert analyse(text).counted == noun


@pytest.mark.parametrize("text", ["いつ計画は終わるのか", "When does the plan end?", "When does the plan expire?"])
def test_the_end_that_is_asked_for_need_not_stand_there_by_that_word(text: str) -> None:
    assert not {"end", "expire"} & {t.text for t in analyse(text).terms}


# Figures taken for granted


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("令和5年度に43億円だった予算は今いくらか", ["令和5年度", "43億円"]),
        ("世界第3位の分野は？", ["第3位"]),
        ("6.4%の内訳は？", ["6.4%"]),
        ("5年間の計画の名前は？", ["5年間"]),
        ("2025年6月に決まったことは？", ["2025年6月"]),
        ("第2期の目標は？", ["第2期"]),
        ("2社の連携は？", ["2社"]),
        ("30件の採択課題は？", ["30件"]),
        ("What happened in FY2023?", ["FY2023"]),
        ("Which plan has 4.3 billion yen?", ["4.3 billion yen"]),
        ("DRIFT 4.0はいつ出たか", ["4.0"]),
        ("When was DRIFT version 2.1 released?", ["2.1"]),
        ("潮汐コード99は何を表すか", ["99"]),
        ("What does code 99 mean?", ["99"]),
    ],
)
def test_figures_are_taken_for_granted(text: str, expected: list[str]) -> None:
    assert premises(text) == expected


@pytest.mark.parametrize(
    "text",
    [
        "目標を二つ挙げて",
        "組み合わせる三つの要素は？",
        "課題を3点挙げてください",
        "大学を3校ほど挙げて",
        "拠点を5件教えて",
        "1機関当たりの支援額は？",
        "1件の予算はいくらか",
        "1980年代に何が起きたか",
        "What changed in the 1980s?",
        "Name three goals",
        "予算はいくらか",
        "船員が110名の船の場合、誰を選任するか",
        "積み荷が50%未満の場合の扱いは？",
        "漁獲が300トンと仮定すると何が要るか",
        "If the crew has 30 members, who has to be on board?",
        "2001年から2021年までの20年間で何が変わったか",
    ],
)
def test_what_is_wanted_or_supposed_and_a_decade_are_not_taken_for_granted(text: str) -> None:
    assert [p for p in premises(text) if not p.endswith("年") or p.endswith("年間")] == []


def test_a_year_is_taken_for_granted_in_a_case_too() -> None:
    assert premises("令和8年度の場合の予算は？") == ["令和8年度"]


# Words an answer has to be about


def test_a_compound_is_one_term_of_its_words() -> None:
    compound = term("研究開発拠点の役割は？", "研究開発拠点")
    assert [part.alternatives[0] for part in compound.parts] == ["研究開発", "拠点"]
    assert compound.parts[0].units == ("研究", "開発")
    assert compound.parts[1].units == ()
    assert compound.alternatives == ("研究開発拠点",)
    assert compound.importance == 1.0


def test_the_words_of_a_compound_bring_their_synonyms() -> None:
    assert "ハブ" in term("研究開発拠点の役割は？", "研究開発拠点").parts[1].alternatives


@pytest.mark.parametrize(
    ("text", "word", "spelling"),
    [
        ("引越しの支援は？", "引越し", "引っ越し"),
        ("予算の推移は？", "予算", "予算額"),
        ("日本の強みは？", "日本", "我が国"),
        ("拠点の整備は？", "拠点", "ハブ"),
    ],
)
def test_other_spellings_and_synonyms_count_as_the_word(text: str, word: str, spelling: str) -> None:
    assert {key(word), spelling} <= set(term(text, word).alternatives)


@pytest.mark.parametrize(
    ("text", "japanese"),
    [
        ("What is done for drug discovery?", "創薬"),
        ("genome research in Japan", "ゲノム"),
        ("How is the hospital equipped?", "病院"),
    ],
)
def test_english_words_get_their_japanese_counterparts(text: str, japanese: str) -> None:
    assert any(japanese in t.alternatives for t in analyse(text).terms)


def test_an_english_phrase_is_one_term_and_not_its_words_again() -> None:
    assert "drug discovery" in words("What is done for drug discovery?")
    assert not {"drug", "discovery"} & set(words("What is done for drug discovery?"))


def test_the_translation_of_a_phrase_may_stand_in_units() -> None:
    (part,) = term("What is the role of clinical research hospitals?", "clinical research").parts
    assert part.alternatives == ("臨床研究", "clinical research")
    assert part.units == ("臨床", "研究")


@pytest.mark.parametrize(
    ("text", "name"),
    [
        ("B-cureの体制は？", "B-cure"),
        ("TRIP2とは何か", "TRIP2"),
        ("AIは何に使うか", "AI"),
        ("③は何か", "③"),
        ("札幌の拠点は？", "札幌"),
        ("What is TRIP2 for?", "TRIP2"),
        ("Where does AMED stand in this?", "amed"),
        ("What did Akebono achieve?", "Akebono"),
    ],
)
def test_names_are_names(text: str, name: str) -> None:
    found = term(text, name)
    assert found.is_name
    assert found.importance >= 1


@pytest.mark.parametrize(
    ("text", "word"),
    [("体制の整備は？", "整備"), ("計画の概略は？", "計画"), ("What did research achieve?", "research")],
)
def test_common_words_are_no_names(text: str, word: str) -> None:
    assert not term(text, word).is_name


def test_a_word_counts_by_what_it_does_in_the_question() -> None:
    importance = {t.text: t.importance for t in analyse("B-cureの研究機器が採択された段階を示す").terms}
    assert importance["B-cure"] > importance["研究機器"] > importance["採択"] > importance["段階"]
    assert term("機器を壊す方法は？", "壊す").importance < importance["段階"]


@pytest.mark.parametrize(
    ("text", "dropped"),
    [
        ("この資料の主な内容を教えてください", {"資料", "主", "主な", "内容", "教え"}),
        ("何が行われているか", {"何", "行わ"}),
        ("What does the document say about the plan?", {"what", "does", "document", "say", "about", "the"}),
        ("3つの年度の名前を一覧で", {"年度", "名前", "一覧", "3"}),
    ],
)
def test_words_that_carry_the_question_are_dropped(text: str, dropped: set[str]) -> None:
    assert not dropped & {w.lower() for w in words(text)}


@pytest.mark.parametrize(
    "text", ["43億円の予算は？", "令和7年度の計画は？", "6.4%を占める分野は？", "2025年6月13日の決定は？"]
)
def test_figures_are_premises_and_not_words_too(text: str) -> None:
    assert premises(text)
    assert not [w for w in words(text) if w in premises(text)[0] or premises(text)[0] in w]


def test_what_names_the_kind_asked_for_is_marked() -> None:
    question = "あけぼの計画の予算額はいくらか"
    assert term(question, "予算額").is_asked
    assert not term(question, "あけぼの計画").is_asked
    assert term("あけぼの計画のURLは？", "URL").is_asked
    assert not term("予算の執行を監督する課の役割は？", "予算").is_asked


def test_a_word_that_comes_twice_is_one_term() -> None:
    assert words("拠点と拠点の連携は？").count("拠点") == 1


# Forms in which words are compared


def test_circled_numbers_are_kept_apart_from_digits() -> None:
    assert key("①") != key("1")
    assert key("①") != key("②")
    assert not stands_in(key("③"), key("3つの柱"))
    assert stands_in(key("③"), key("柱③の内容"))


@pytest.mark.parametrize(
    ("a", "b"), [("Ｂ－ｃｕｒｅ", "b-cure"), ("ﾊﾞｲｵ", "バイオ"), ("研究\n開発", "研究開発"), ("⻑期", "長期")]
)
def test_width_case_and_line_breaks_do_not_count(a: str, b: str) -> None:
    assert key(a) == key(b)


def test_a_blank_between_latin_words_stays() -> None:
    assert key("AI  x") == "ai x"


# Form of the question


@pytest.mark.parametrize(
    "text",
    [
        "目標を二つ挙げて",
        "主な成果は？",
        "拠点をすべて教えて",
        "What are the goals?",
        "List the hubs",
        "内訳は？",
        "あけぼの計画 拠点",
    ],
)
def test_a_list_is_wanted(text: str) -> None:
    assert analyse(text).wants_list


@pytest.mark.parametrize(
    "text",
    [
        "予算はいくらか",
        "拠点長は誰ですか",
        "When did it start?",
        "あけぼの計画の目的は？",
        "全部を点検しなければいけませんか",
    ],
)
def test_one_thing_is_wanted(text: str) -> None:
    assert not analyse(text).wants_list


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("札幌と那覇の予算を比べて", True),
        ("どちらが多いか", True),
        ("両方の違いは？", True),
        ("Compare the two plans", True),
        ("What is the difference between them?", True),
        ("札幌の予算は？", False),
        ("What is the budget?", False),
    ],
)
def test_a_comparison_is_noticed(text: str, expected: bool) -> None:
    assert analyse(text).compares is expected


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("この資料のタイトルは？", True),
        ("資料の日付は？", True),
        ("Who issued this briefing?", True),
        ("資料館の予算は？", False),
        ("Who issued the guideline?", False),
    ],
)
def test_a_question_about_the_document_itself_is_noticed(text: str, expected: bool) -> None:
    assert analyse(text).about_document is expected


@pytest.mark.parametrize(("text", "language"), [("予算は？", "ja"), ("B-cure budget?", "en"), ("What is 創薬?", "ja")])
def test_the_language_is_that_of_the_question(text: str, language: str) -> None:
    assert analyse(text).language == language


# What cannot be asked


@pytest.mark.parametrize("text", ["", "   ", "\n\t　"])
def test_an_empty_question_is_refused(text: str) -> None:
    for read in (check_question, analyse):
        with pytest.raises(QuestionError, match="empty") as error:
            read(text)
        assert error.value.exit_code == 2
        assert "lsqa ask" in error.value.hint


def test_the_longest_question_is_read_and_one_character_more_is_refused() -> None:
    longest = "あ" * MAX_QUESTION_CHARACTERS
    assert check_question(f" {longest}\n") == longest
    for read in (check_question, analyse):
        with pytest.raises(QuestionError, match=r"8,001 characters .* at most 8,000"):
            read(longest + "あ")


@pytest.mark.parametrize(("text", "read"), [("予算\x00は？", "予算 は？"), ("\x1b予算は\n？\x7f", "予算は ？")])
def test_control_characters_part_words_and_are_gone(text: str, read: str) -> None:
    assert check_question(text) == analyse(text).text == read


def test_what_is_no_unicode_is_refused() -> None:
    with pytest.raises(QuestionError, match="UTF-8"):
        check_question("予算\ud800は？")


def test_the_work_that_a_question_can_cause_is_bounded() -> None:
    listed = analyse("、".join(f"TRIP{n}" for n in range(2, 400)))
    assert len(listed.terms) == MOST_TERMS
    assert listed.terms[0].text == "TRIP2"
    (compound,) = analyse("札幌那覇高松仙台広島神戸福岡熊本長崎大分宮崎佐賀新潟富山金沢福井").terms
    assert len(compound.parts) == MOST_PARTS


@pytest.mark.parametrize("text", ["?", "。。。", "1", "😀", "ｶﾞ", "\u3099", "a" * 500, "①②③", "…か？"])
def test_any_text_can_be_read(text: str) -> None:
    assert analyse(text).text == text


@pytest.mark.parametrize("text", ["What is B-cure's budget?", "What is SCARDA’s role in it?"])
def test_a_name_with_an_owner_s_ending_is_the_name(text: str) -> None:
    assert {t.text for t in analyse(text).terms} & {"B-cure", "SCARDA"}
    assert not any("'" in t.text or "’" in t.text for t in analyse(text).terms)


@pytest.mark.parametrize(
    ("text", "name", "also"),
    [
        ("AMR（薬剤耐性）の対策は？", "AMR", "薬剤耐性"),
        ("海洋研究開発機構（JAMSTEC）の予算は？", "JAMSTEC", "海洋研究開発機構"),
        ("海洋研究開発機構 (JAMSTEC) の予算は？", "海洋研究開発機構", "jamstec"),
    ],
)
def test_a_name_with_its_letters_in_brackets_stands_there_by_either(text: str, name: str, also: str) -> None:
    (term,) = (t for t in analyse(text).terms if t.text == name)
    assert also in term.alternatives


@pytest.mark.parametrize(
    "text", ["予算（補正）はいくら？", "研究拠点（東京）の予算は？", "TRIP1（TRIP2）の予算は？", "予算（）は？"]
)
def test_a_bracket_that_narrows_names_nothing_again(text: str) -> None:
    inside = text[text.index("（") + 1 : text.index("）")].lower()
    assert not any(inside in t.alternatives for t in analyse(text).terms if t.text.lower() != inside)


# Words that need not stand there


@pytest.mark.parametrize(
    ("text", "left"),
    [
        ("灯台の状態は？", ["灯台"]),
        ("灯台の案件について詳細を", ["灯台"]),
        ("灯台の話の趣旨は？", ["灯台"]),
        ("灯台の実情と全体像は？", ["灯台"]),
        ("灯台をめぐる疑問への返事は？", ["灯台", "めぐる"]),
        ("灯台に関する記載や言及は？", ["灯台"]),
        ("灯台の費用（昨年比）", ["灯台", "費用"]),
        ("灯台法の第何条か", ["灯台法"]),
    ],
)
def test_a_noun_that_names_nothing_is_no_word_to_be_about(text: str, left: list[str]) -> None:
    assert words(text) == left


@pytest.mark.parametrize("compound", ["健康状態", "事故件数", "質問票", "第三者"])
def test_such_a_noun_stays_in_a_compound(compound: str) -> None:
    assert words(f"{compound}は？") == [compound]


def test_the_unit_that_is_asked_for_has_to_stand_there() -> None:
    assert "品目" in words("港で扱うのは何品目か")


@pytest.mark.parametrize(
    "opening",
    [
        "お忙しいところ恐れ入ります。",
        "お忙しい中、大変申し訳ございません。",
        "突然のご連絡で恐縮ですが、",
        "初歩的な質問ですみませんが、",
        "いつもお世話になっております。",
        "お手数をおかけしますが、",
        "差し支えなければ",
        "ちょっとお聞きしたいんですけど、",
        "すみませんが、",
        "もし分かれば",
    ],
)
def test_politeness_brings_no_words(opening: str) -> None:
    assert words(f"{opening}灯台の改修はいつですか") == words("灯台の改修はいつですか")


@pytest.mark.parametrize(
    "context",
    [
        "港が古くなって困っています。",
        "港が古くなったという話をよく聞きますが、",
        "港は衰えたと言われていますが、",
        "港が閉まるという報道を読んだのですが、",
    ],
)
def test_what_leads_to_a_question_weighs_less_than_the_question(context: str) -> None:
    importance = {t.text: t.importance for t in analyse(f"{context}灯台の改修で使われる塗料は何ですか").terms}
    assert importance["港"] == 0.5
    assert importance["灯台"] == importance["塗料"] == 1.0


@pytest.mark.parametrize(
    "text",
    [
        "灯台の改修が始まりました。その塗料と足場は何ですか",
        "灯台の改修についてです。予算はいくらですか",
        "灯台の塗料は何ですか。足場の部材も教えて",
        "札幌の灯台が古くなりました。札幌の灯台の塗料と足場は何ですか",
    ],
)
def test_a_question_that_leans_on_what_leads_to_it_keeps_its_subject(text: str) -> None:
    assert term(text, "灯台").importance == 1.0


def test_a_name_counts_wherever_it_stands() -> None:
    assert term("札幌の港は古くなりました。灯台の塗料と足場は何ですか", "札幌").importance == 1.0


@pytest.mark.parametrize(
    ("text", "plain"),
    [
        ("If the old chart and the new chart disagree, which one prevails?", {"disagree", "prevails"}),
        ("Is the lighthouse still actually open?", {"still", "actually"}),
        ("Does the harbour rely on fog horns?", {"rely"}),
        ("Was the buoy quietly and illegally moved?", {"quietly", "illegally"}),
        ("Is the buoy officially part of another route?", {"officially", "another"}),
    ],
)
def test_plain_english_verbs_and_adverbs_need_not_stand_there(text: str, plain: set[str]) -> None:
    assert all(term(text, word).importance <= 0.3 for word in plain)


@pytest.mark.parametrize("word", ["family", "assembly", "supply"])
def test_not_every_word_in_ly_is_an_adverb(word: str) -> None:
    assert all(t.importance > 0.3 for t in analyse(f"Describe the harbour {word}").terms if t.text == word)


@pytest.mark.parametrize(
    ("text", "word"),
    [
        ("点検表は全部使わなければいけませんか", "全部"),
        ("無線機は必ず使うのですか", "使う"),
        ("水路図に載せる必要はありますか", "載せる"),
    ],
)
def test_a_yes_or_no_is_asked_of_words_that_else_carry_a_question(text: str, word: str) -> None:
    assert word in {spelling for t in analyse(text).terms for spelling in t.alternatives}


@pytest.mark.parametrize("text", ["点検表を全部教えて", "無線機は何に使うのですか"])
def test_which_carry_it_where_more_is_asked(text: str) -> None:
    assert {"全部", "使う"}.isdisjoint(spelling for t in analyse(text).terms for spelling in t.alternatives)


def test_what_is_left_out_is_named_without_the_words_that_leave_it_out() -> None:
    assert "東海大学" in {t.text for t in analyse("東海大学以外の拠点は？").terms}
    assert "以外" in {t.text for t in analyse("区分の「それ以外」に入るのは？").terms}


def test_what_is_only_denied_need_not_stand_there() -> None:
    question = "区切りにスラッシュではなくハイフンを使う"
    assert term(question, "スラッシュ").importance == term(question, "ハイフン").importance / 2
