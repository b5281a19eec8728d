# Thin: every target is an npm script. STACK, KUBECONTEXT and NATS_PLATFORM_CLUSTER choose what they work on (docs/getting-started.md).
SCRIPTS := up verify prove-isolation policy permission-diff tenant-up tenant-down tenant-status workstation-up workstation-down demo test preview down status logs get-credentials port-forward bench chart-record tools
.PHONY: $(SCRIPTS)
.DEFAULT_GOAL := help

$(SCRIPTS): node_modules/.package-lock.json
	@npm run --silent $@

node_modules/.package-lock.json: package-lock.json
	@command -v npm >/dev/null || { echo "npm is missing: install Node.js 20 or newer" >&2; exit 1; }
	@echo "installing npm packages (about 550 MB, once; a minute or two)"
	@npm ci --no-audit --no-fund --loglevel=error
	@touch $@

.PHONY: help
help:
	@echo "make $(SCRIPTS)" | fold -s -w 100
