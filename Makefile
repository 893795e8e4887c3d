# ConvLens in two commands: `make run` and `make test`. Everything else is listed by `make help`.
PYTHON ?= python3
VENV := .venv
BIN := $(VENV)/bin
PIP := $(BIN)/python -m pip install --quiet --disable-pip-version-check
# uv takes 15 seconds where pip takes minutes; but it knows nothing of pip's own settings, so where those name an index pip does it
INSTALL = (! $(BIN)/python -m pip config list | grep -q "[.]index.url") && $(PIP) uv==0.13.9 && $(BIN)/uv pip install --quiet --python $(BIN)/python -r $(1) || $(PIP) --no-compile -r $(1)
FILES := --dist loadfile --no-loadscope-reorder

.PHONY: help run check test fuzz mutants audit load bench lint pictures weights imagenet requirements clean

help:  ## list the commands
	@grep -E '^[a-z]+:.*##' Makefile | sed -E 's/:.*## /\t/' | expand -t 14

run: $(VENV)/.installed  ## set everything up and open ConvLens in the browser
	$(BIN)/python -m streamlit run app.py --server.headless=false --server.showEmailPrompt=false

check: $(VENV)/.installed-test  ## set everything up, check the style, run all tests that need no server and no browser
	$(BIN)/python -m ruff check .
	$(BIN)/python -m ruff format --check .
	$(BIN)/python -m pytest -n 3 $(FILES) --ignore=tests/browser --ignore=tests/server

# after the others, which would make servers and browsers slow
test: check  ## set everything up and run every test
	$(BIN)/python -m pytest -n 3 $(FILES) tests/browser tests/server

fuzz: $(VENV)/.installed-test  ## read 20,000 mutated picture files, send 50,000 wrong messages (about 15 minutes)
	CONVLENS_FUZZ=20000 $(BIN)/python -m pytest --timeout=1800 tests/convlens/pictures/test_fuzz.py
	CONVLENS_FUZZ=50000 $(BIN)/python -m pytest --timeout=1800 tests/server/test_messages.py -k any_message

audit: $(VENV)/.installed  ## check the dependencies against known advisories (needs the internet)
	$(PIP) pip-audit
	$(BIN)/python -m pip_audit --strict --disable-pip --no-deps -r requirements.txt

mutants: $(VENV)/.installed-test  ## change the core's code in small ways: do its tests notice? (hours; ROOM=drawing: one room)
	$(PIP) mutmut
	$(BIN)/python scripts/mutants.py $(ROOM)

load: $(VENV)/.installed-test  ## 1 to 200 visitors, beside an empty app and the usual one-file app (about 20 minutes)
	$(BIN)/python benchmarks/load.py

bench: $(VENV)/.installed-test  ## measure what must stay fast, beside a peer, in one run
	$(BIN)/python benchmarks/bench.py

lint: $(VENV)/.installed-test  ## check the style and mend what can be mended
	$(BIN)/python -m ruff check --fix .
	$(BIN)/python -m ruff format .

pictures: $(VENV)/.installed  ## draw the bundled pictures anew
	$(BIN)/python scripts/draw_pictures.py

weights: $(VENV)/.installed  ## train all networks anew (some hours; fetches CIFAR-10 and MNIST once)
	$(BIN)/python scripts/train_weights.py all
	$(BIN)/python scripts/train_autoencoders.py
	$(BIN)/python scripts/measure_unknown.py
	$(BIN)/python scripts/ship_maps.py
	$(BIN)/python scripts/ship_first.py

imagenet: $(VENV)/.installed  ## fetch networks trained on ImageNet, once (800 MB; NETWORK=mobilenet_v3_small: that one, 11 MB)
	$(BIN)/python scripts/fetch_imagenet.py $(NETWORK)

requirements: | $(BIN)/python  ## resolve pyproject.toml to exact versions for Python 3.11 to 3.13
	$(PIP) uv==0.13.9
	$(BIN)/uv pip compile -q --universal --python-version 3.11 --no-annotate --custom-compile-command "make requirements" pyproject.toml -o requirements.txt
	$(BIN)/uv pip compile -q --universal --python-version 3.11 --no-annotate --custom-compile-command "make requirements" -c requirements.txt --group test pyproject.toml -o requirements-test.txt

clean:  ## remove the virtual environment and everything that was built
	rm -rf $(VENV) build .pytest_cache .ruff_cache .hypothesis

$(BIN)/python:
	@$(PYTHON) -c 'import sys; v = sys.version_info[:2]; sys.exit(0 if (3, 11) <= v < (3, 14) else f"ConvLens needs Python 3.11 to 3.13; {sys.executable} is {v[0]}.{v[1]}. Try: make PYTHON=python3.12 run")'
	$(PYTHON) -m venv $(VENV)

$(VENV)/.installed: requirements.txt | $(BIN)/python
	$(call INSTALL,requirements.txt)
	@touch $@

$(VENV)/.installed-test: requirements-test.txt requirements.txt | $(BIN)/python
	$(call INSTALL,requirements-test.txt)
	@# half a minute, once: a hundred processes import TensorFlow, and each would compile it where PYTHONDONTWRITEBYTECODE is set
	@$(BIN)/python -m compileall -q -j 0 $(VENV)/lib convlens models
	@touch $@ $(VENV)/.installed
