# Thin: every target is an npm script, or a command of one, ctl. STACK, KUBECONTEXT and NATS_PLATFORM_CLUSTER choose what they work on (docs/getting-started.md).
SCRIPTS := up prove-isolation policy permission-diff tenant-up tenant-down tenant-status workstation-up workstation-down demo test preview down bench chart-record tools
COMMANDS := status health verify streams consumers kv accounts logs port-forward get-credentials backup restore
.PHONY: $(SCRIPTS) $(COMMANDS)
.DEFAULT_GOAL := help

$(SCRIPTS): node_modules/.package-lock.json
	@npm run --silent $@

# What else a command is told: variables for what is asked for often, ARGS for all there is.
logs: OPTIONS = $(if $(filter false,$(FOLLOW)),,--follow)
get-credentials: OPTIONS = $(if $(NATS_USER),--user $(NATS_USER))
backup: OPTIONS = $(if $(TO),--to $(TO))
restore: OPTIONS = $(if $(FROM),--from $(FROM))
port-forward: OPTIONS = $(if $(PORT),--port $(PORT))

$(COMMANDS): node_modules/.package-lock.json
	@npm run --silent ctl -- $@ $(OPTIONS) $(ARGS)

node_modules/.package-lock.json: package-lock.json
	@command -v npm >/dev/null || { echo "npm is missing: install Node.js 20 or newer" >&2; exit 1; }
	@echo "installing npm packages (about 550 MB, once; a minute or two)"
	@npm ci --no-audit --no-fund --loglevel=error
	@touch $@

.PHONY: help
help:
	@echo "make $(SCRIPTS) $(COMMANDS)" | fold -s -w 100
