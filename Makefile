# Doorstep 上门. `make help` lists what can be done here; docs/developer.md explains it.

SHELL := /bin/bash
.SHELLFLAGS := -eu -o pipefail -c
.DELETE_ON_ERROR:
.DEFAULT_GOAL := help
MAKEFLAGS += --no-print-directory --no-builtin-rules

PORT ?= 8000
SECONDS ?= 3600
FIRST ?= 1
VENV := .venv/bin
NPX := cd pwa && node_modules/.bin
RUN_READY := .venv/.ready-run
TEST_READY := .venv/.ready-test
NODE_READY := pwa/node_modules/.ready
HTMX := server/console/static/htmx.min.js
PWA := pwa/dist/index.html
# Directories are listed too: a deleted file changes only its directory.
PWA_SOURCES := $(shell find pwa/src pwa/public pwa/index.html pwa/vite.config.ts \
	pwa/tsconfig.json 2>/dev/null)

# A tree that was moved has a .venv whose commands point to the old place.
ifneq ($(shell cat .venv/.place 2>/dev/null),$(CURDIR))
$(RUN_READY): moved
endif

.PHONY: help install run test check static pwa size bench sim sim-long mutants lock clean moved

help:  ## list these targets | 列出可用的命令
	@echo "Doorstep 上门"
	@awk -F ':.*## ' '/^[a-z-]+:.*## / { printf "  make %-10s %s\n", $$1, $$2 }' $(MAKEFILE_LIST)

install: $(RUN_READY) $(TEST_READY) $(HTMX)  ## everything into .venv and pwa/node_modules | 安装

run: $(RUN_READY) $(HTMX) pwa  ## start with a demonstration branch; PORT=8000 | 启动演示
	@$(VENV)/doorstep serve --check --port $(PORT)
	@echo "演示网点 Demonstration branch"
	@$(VENV)/doorstep demo >/dev/null
	@exec $(VENV)/doorstep serve --port $(PORT)

test: install pwa  ## all tests, with a real Chromium and a real PostgreSQL | 全部测试
	@tests/setup/debian.sh browser database
	@$(MAKE) static
	@$(VENV)/pytest -n auto

check: install pwa  ## before every commit: all but the browser tests | 提交前检查
	@tests/setup/debian.sh database
	@$(MAKE) static
	@$(VENV)/pytest -n auto -m "not browser"

static: install pwa  ## ruff, mypy, tsc, vitest, size of the phone's program | 静态检查
	@$(VENV)/ruff check .
	@$(VENV)/ruff format --check --quiet . || \
		{ echo "cure: .venv/bin/ruff format ." >&2; exit 1; }
	@$(VENV)/mypy
	@$(NPX)/tsc --noEmit
	@$(NPX)/vitest run </dev/null
	@$(MAKE) size

pwa: $(PWA)  ## build the phone's program into pwa/dist | 构建手机端

size: pwa  ## bytes of the phone's program, and the limit | 手机端大小
	@$(VENV)/python tests/house/bundle_size.py

bench: install  ## bytes, times and costs beside their floors; ONLY="sizes link storm" | 测量
	@tests/setup/debian.sh database
	@$(VENV)/python -m tests.bench $(ONLY)

sim: $(TEST_READY) $(NODE_READY)  ## a thousand simulated worlds; SEED=7 for one of them | 模拟
	@$(VENV)/python -m tests.sim.world $(if $(SEED),--seed $(SEED) --aloud)

sim-long: $(TEST_READY) $(NODE_READY)  ## as many as SECONDS=3600 give, from FIRST=1 on | 长时间模拟
	@$(VENV)/python -m tests.sim.world --seconds $(SECONDS) --first $(FIRST)

mutants: $(TEST_READY) $(NODE_READY)  ## broken variants of our own code, each must be caught | 变异
	@$(VENV)/python -m tests.sim.world.mutants

lock:  ## look up newer libraries and pin them with hashes | 更新依赖
	@tests/setup/lock.sh $(LOCK)

clean:  ## remove all that can be made again; data in var/ stays | 清理
	@rm -rf .venv build doorstep.egg-info pwa/node_modules pwa/dist $(HTMX) artefacts
	@rm -rf .mypy_cache .pytest_cache .ruff_cache .hypothesis
	@find sync server tests -name __pycache__ -type d -prune -exec rm -rf {} + 2>/dev/null || true

$(RUN_READY): pyproject.toml requirements/run.txt requirements/build.txt
	@tests/setup/tools.sh node  # said now, not after a minute of downloads
	@tests/setup/python.sh run
	@touch $@

$(TEST_READY): requirements/test.txt $(RUN_READY)
	@tests/setup/python.sh test
	@touch $@

$(NODE_READY): pwa/package.json pwa/package-lock.json pwa/.npmrc
	@tests/setup/node.sh
	@touch $@

# The console's one script comes from npm with its hash, and is not kept in the repository.
$(HTMX): $(NODE_READY)
	@mkdir -p $(dir $@)
	@cp pwa/node_modules/htmx.org/dist/htmx.min.js $@

$(PWA): $(NODE_READY) $(PWA_SOURCES)
	@echo "Phone: pwa/dist"
	@$(NPX)/vite build --logLevel warn </dev/null
	@touch $@
