"""What `%load_ext onecloud_magic` costs, against a plain class of magics and against others.

    python benchmarks/load.py

Each is loaded in fresh processes, into a terminal's shell that is already there. The bar is that
of the design: 10 ms on a machine where the plain class takes 5.5, so 1.8 times of it.
"""

from __future__ import annotations

import subprocess
import sys
import tempfile
from collections.abc import Iterator
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parents[1]))

from benchmarks.table import Case, Row, measurable, show, timed

TIMES, BAR, TIMES_LESS = 9, 10 / 5.5, 100
PLAIN = '''
from IPython.core.magic import Magics, line_magic, magics_class
from IPython.core.magic_arguments import argument, magic_arguments, parse_argstring
from traitlets import Bool, Float, Int, Unicode

@magics_class
class PlainMagics(Magics):
    a = Unicode("", help="One.").tag(config=True)
    b = Int(1, help="Two.").tag(config=True)
    c = Float(1.0, help="Three.").tag(config=True)
    d = Bool(True, help="Four.").tag(config=True)

    @magic_arguments()
    @argument("-e", "--environment", help="An environment.")
    @argument("--limit", type=int, help="Rows.")
    @line_magic
    def plain(self, line):
        """Do nothing."""
        return parse_argstring(self.plain, line)

def load_ipython_extension(shell):
    shell.register_magics(PlainMagics)
'''
LOAD = """
import sys, time
from IPython.terminal.interactiveshell import TerminalInteractiveShell
shell = TerminalInteractiveShell.instance()
start = time.perf_counter()
trouble = shell.extension_manager.load_extension(sys.argv[1])
took = time.perf_counter() - start
assert trouble is None, trouble
print(took)
"""
WHAT = "`%load_ext onecloud_magic`"
MODULES = {
    "plain_magics": Case(WHAT, "floor: a plain class of magics", BAR, floor=True),
    **{
        module: Case(WHAT, f"{name}: `%load_ext {module}`", TIMES_LESS, needs=module)
        for name, module in {
            "jupysql": "sql",
            "bigquery-magics": "bigquery_magics",
            "sparkmagic": "sparkmagic.magics",
        }.items()
    },
}
CASES = tuple(MODULES.values())


def rows() -> Iterator[Row]:
    """Each peer, in turns with ours."""
    wanted = measurable(CASES)
    modules = [module for module, case in MODULES.items() if case in wanted]
    with tempfile.TemporaryDirectory() as folder:
        Path(folder, "plain_magics.py").write_text(PLAIN, encoding="utf-8")
        turns = [
            [_load(module, folder) for module in ("onecloud_magic", *modules)] for _ in range(TIMES)
        ]
    mine, *others = zip(*turns, strict=True)
    for module, theirs in zip(modules, others, strict=True):
        yield timed(MODULES[module], mine, theirs)


def _load(extension: str, folder: str) -> float:
    code = f"import sys; sys.path.insert(0, {folder!r})\n{LOAD}"
    environment = {"PATH": "", "HOME": folder, "IPYTHONDIR": folder}
    run = subprocess.run(
        [sys.executable, "-c", code, extension],
        capture_output=True,
        check=True,
        text=True,
        env=environment,
    )
    return float(run.stdout.splitlines()[-1])


if __name__ == "__main__":
    sys.exit(show(rows()))
