# Webmail. The targets below are all there is to know; each installs what it needs first.

HOST ?= 127.0.0.1
PORT ?= 8000
DEMO ?= 1
JOBS ?= 2
DATABASE ?= sqlite
SIZES ?= 1000,20000,100000
ONLY ?=
PYTHON_BIN = .venv/bin/python
# Only what Django needs to load its settings: no check reads data or reaches a server.
CHECKS = SECRET_KEY=checks MAIL_SECRET_KEYS=checks ALLOWED_HOSTS=localhost DATA_DIR=var/checks

.PHONY: help run test fuzz lint style bench soak screenshots messages manage clean

help:  ## Print this help
	@awk -F ':.*## ' '/^[a-z]+:.*## / { printf "  make %-12s %s\n", $$1, $$2 }' Makefile

run:  ## Start the webmail with a demo mail server (DEMO=0: without; PORT=8000 HOST=127.0.0.1 choose where)
	@deploy/setup.sh run $(if $(filter 0,$(DEMO)),,demo)
	@HOST='$(HOST)' PORT='$(PORT)' DEMO='$(DEMO)' exec $(PYTHON_BIN) -m deploy run

test: style  ## Install what tests need, check the style, run every test (DATABASE=postgres: on PostgreSQL)
	@$(if $(filter postgres,$(DATABASE)),deploy/setup.sh run postgres)
	@# What fails beside others gets one more run alone, in the open: real servers and a browser on a busy machine are late at times.
	TEST_DATABASE=$(DATABASE) $(PYTHON_BIN) -m pytest -q -n $(JOBS) || \
	TEST_DATABASE=$(DATABASE) $(PYTHON_BIN) -m pytest -q --last-failed --last-failed-no-failures none

fuzz:  ## Look for new examples that break the tests of properties (some minutes)
	@deploy/setup.sh run demo test
	HYPOTHESIS_PROFILE=fuzz $(PYTHON_BIN) -m pytest -q -n $(JOBS) --timeout 900 -m hypothesis

lint: style  ## Check style, types, templates, directions of imports and translations
	$(PYTHON_BIN) -m pytest -q tests/test_architecture.py tests/test_translations.py

style:
	@deploy/setup.sh run demo test
	$(PYTHON_BIN) -m ruff check .
	$(PYTHON_BIN) -m ruff format --check .
	$(CHECKS) $(PYTHON_BIN) -m mypy
	$(PYTHON_BIN) -m djlint --lint --quiet templates

bench:  ## Measure what people wait for, beside the bare library and its limits (SIZES=1000,20000: of mailboxes)
	@deploy/setup.sh run demo test
	$(PYTHON_BIN) -m tests.bench --sizes $(SIZES)

soak:  ## Let a hundred simulated people use it for 20 minutes, and look for what grows
	@deploy/setup.sh run demo test
	$(PYTHON_BIN) -m tests.bench.soak

screenshots:  ## Picture every page, light and dark, in each language, on a desk and on a phone (ONLY=settings: some of them)
	@deploy/setup.sh run demo test
	$(PYTHON_BIN) -m tests.screenshots $(ONLY)

messages:  ## Bring the translation catalogues up to date with the code
	@deploy/setup.sh run
	$(CHECKS) $(PYTHON_BIN) manage.py makemessages --all --no-location --no-wrap --ignore '.venv/*' --ignore 'var/*' --ignore 'tests/*'
	@# Guesses and what is gone are dropped; English says what the code says.
	@for catalogue in webmail/locale/*/LC_MESSAGES/django.po; do msgattrib --no-wrap --no-obsolete --clear-fuzzy --empty -o $$catalogue $$catalogue; done
	@msgen --no-wrap -o webmail/locale/en/LC_MESSAGES/django.po webmail/locale/en/LC_MESSAGES/django.po

manage:  ## Run a command of manage.py on the data of make run: make manage DO="add_user --help"
	@DEMO='$(DEMO)' $(PYTHON_BIN) -m deploy manage $(DO)

clean:  ## Remove var/: the database, the mail and the keys of make run
	@python3 -m deploy.places
