"""Try the simulation: every broken variant of our code must be caught within its seeds.

Each variant runs in a process of its own: Python is patched while it is imported, TypeScript while
it is built.
"""

from __future__ import annotations

import importlib.abc
import importlib.machinery
import importlib.util
import subprocess
import sys
import tempfile
from collections.abc import Sequence
from pathlib import Path
from types import CodeType, ModuleType

from tests.sim.world.mutant import Mutant, Patch
from tests.sim.world.mutants_of_phone import OF_PHONE
from tests.sim.world.mutants_of_server import OF_SERVER
from tests.sim.world.node import ROOT

CAUGHT, SURVIVED = 0, 1
MUTANTS = (*OF_SERVER, *OF_PHONE)


class PatchedLoader(importlib.machinery.SourceFileLoader):
    """Loads a module whose text was changed. Raises if the text that should change is gone."""

    def __init__(self, name: str, path: str, patches: Sequence[Patch]) -> None:
        super().__init__(name, path)
        self.patches = patches

    def get_code(self, fullname: str) -> CodeType:
        """Compile the changed text; nothing is cached."""
        text = Path(self.path).read_text(encoding="utf-8")
        for patch in self.patches:
            if patch.old not in text:
                raise SystemExit(f"the text of a mutant is gone from {patch.file}: {patch.old}")
            text = text.replace(patch.old, patch.new, 1)
        return compile(text, self.path, "exec", dont_inherit=True)


class PatchedFinder(importlib.abc.MetaPathFinder):
    """Finds the modules of a mutant before anybody else does."""

    def __init__(self, patches: Sequence[Patch]) -> None:
        self.patches: dict[str, list[Patch]] = {}
        for patch in patches:
            name = patch.file.removesuffix(".py").removesuffix("/__init__").replace("/", ".")
            self.patches.setdefault(name, []).append(patch)

    def find_spec(
        self, fullname: str, path: object = None, target: ModuleType | None = None
    ) -> importlib.machinery.ModuleSpec | None:
        """The patched module, if it is one of them."""
        if fullname not in self.patches:
            return None
        patches = self.patches[fullname]
        loader = PatchedLoader(fullname, str(ROOT / patches[0].file), patches)
        return importlib.util.spec_from_loader(fullname, loader)


def try_mutant(mutant: Mutant) -> int:
    """Run its seeds in this process, which must not have imported what is patched."""
    python = [patch for patch in mutant.patches if patch.file.endswith(".py")]
    phone = [patch for patch in mutant.patches if not patch.file.endswith(".py")]
    sys.meta_path.insert(0, PatchedFinder(python))
    from tests.sim.world.faults import ALL
    from tests.sim.world.rig import make_rig
    from tests.sim.world.run import Failed, run_seed

    rates = {**dict.fromkeys(ALL, 0.0), "held": 0.1, **mutant.rates}
    told = [{"file": one.file, "old": one.old, "new": one.new} for one in phone]
    with tempfile.TemporaryDirectory() as folder, make_rig(Path(folder), told) as rig:
        for seed in range(1, mutant.seeds + 1):
            try:
                run_seed(rig, str(seed), rates)
            except Failed as failed:
                print(f"{mutant.name}: caught at seed {seed}: {str(failed).splitlines()[0]}")
                return CAUGHT
    print(f"{mutant.name}: survived {mutant.seeds} seeds: {mutant.wrong}")
    return SURVIVED


def run_apart(name: str) -> subprocess.CompletedProcess[str]:
    """Try one mutant in a process of its own."""
    command = [sys.executable, "-m", "tests.sim.world.mutants", name]
    return subprocess.run(command, capture_output=True, text=True, cwd=ROOT, check=False)


def main() -> int:
    """Try the mutants that are named, here; or all, each in a process of its own."""
    if len(sys.argv) > 1:
        [mutant] = [one for one in MUTANTS if one.name == sys.argv[1]]
        return try_mutant(mutant)
    left = 0
    for mutant in MUTANTS:
        done = run_apart(mutant.name)
        print(done.stdout.strip() or done.stderr[-600:], flush=True)
        left += done.returncode != CAUGHT
    print(f"{len(MUTANTS)} mutants, {left} not caught")
    return 1 if left else 0


if __name__ == "__main__":
    sys.exit(main())
