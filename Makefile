# Each target is one call of nnviz/bootstrap.py; without make, type that call.
# PYTHON chooses the interpreter (3.11 or newer), ARGS is handed on:  make test ARGS="-k softmax"
PYTHON ?= python3
BOOTSTRAP = $(PYTHON) -m nnviz.bootstrap

.PHONY: run test random bench setup clean

run:    ; $(BOOTSTRAP) run $(ARGS)
test:   ; $(BOOTSTRAP) test $(ARGS)
random: ; $(BOOTSTRAP) random $(ARGS)
bench:  ; $(BOOTSTRAP) bench $(ARGS)
setup:  ; $(BOOTSTRAP) setup $(ARGS)
clean:  ; $(BOOTSTRAP) clean
