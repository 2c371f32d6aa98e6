#!/usr/bin/env python3
"""The study: what real mail servers do when the 250 is late or lost. Runs every scenario of
study/receivers against every receiver and every one of study/senders with every sender, and writes
what came of it to results/published/real-servers.

usage: ./dev study [--server NAME]... [--only SCENARIO]... [--full] [--check] [--jobs N] [--out FOLDER]

  --server, --only  run these anew, and take the others from the last time, or as they are published
  --check  publish nothing; compare with what is published, and exit 1 where a verdict differs
           although the server's version is the same
  --full   also the runs with the servers' own timers, which take up to hours
"""

import argparse
import concurrent.futures
import pathlib
import shutil
import subprocess
import sys

sys.dont_write_bytecode = True

import cells
import pages

HERE = pathlib.Path(__file__).resolve().parent
ROOT = HERE.parent
PUBLISHED = ROOT / "results/published/real-servers"

# Short timers, where a server can be told any: the study should end on the day it was begun.
SHORT_TIMERS = ["sender.timeouts.data_done=3s", "sender.retry_every=5s"]
OTHER_TIMERS = {
    # Compiled in; its clock runs a hundred times as fast.
    "opensmtpd": ['sender.options={ "clock.factor" = 100 }'],
}
FULL = "full-length"
LONGEST_RUN = 600
LONGEST_FULL_RUN = 4 * 3600


def last_run(folder):
    """The folder of the latest run with a summary, or None."""
    summaries = sorted(folder.glob("*/summary.json"))
    return summaries[-1].parent if summaries else None


def scenarios(role):
    """The files of one role, in the order in which they are told."""
    order = ["clean", "dropped-250", "late-250", "cut-after-dot", "client-gone", "drip", "split-dot",
             "several-recipients", "two-hosts", "paused", "killed", FULL]
    found = {path.stem: path for path in (HERE / role).glob("*.toml")}
    return [found[name] for name in order if name in found]


def servers_by_role(program):
    """The servers that the program knows: all receive, some send."""
    listed = subprocess.run([program, "servers"], capture_output=True, text=True, check=True).stdout
    rows = [line.split(maxsplit=1) for line in listed.splitlines()]
    return {"receivers": [name for name, _ in rows],
            "senders": [name for name, rest in rows if "sends" in rest]}


def carry_out(program, out, role, server, scenario):
    """One run; yields its summary, or the words of what went wrong."""
    full = scenario.stem == FULL
    settings = []
    if role == "senders" and not full:
        settings = OTHER_TIMERS.get(server, SHORT_TIMERS)
    key = "sender.server" if role == "senders" else "target.server"
    folder = out / role / server
    shutil.rmtree(folder / scenario.stem, ignore_errors=True)
    command = [program, "run", str(scenario), "--quiet", "--out", str(folder), "--set", f"{key}={server}"]
    for setting in settings:
        command += ["--set", setting]
    try:
        done = subprocess.run(command, capture_output=True, text=True, check=False,
                              timeout=LONGEST_FULL_RUN if full else LONGEST_RUN)
    except subprocess.TimeoutExpired:
        return None, "it did not end"
    run = last_run(folder / scenario.stem)
    if done.returncode == 3 or run is None:
        words = done.stderr.strip().splitlines()
        return None, words[0] if words else f"exit {done.returncode}"
    return run, done.stderr.strip()


def main():
    parser = argparse.ArgumentParser(add_help=False, description=__doc__)
    parser.add_argument("-h", "--help", action="store_true")
    parser.add_argument("--program", default=str(ROOT / "build/release/twofifty"))
    parser.add_argument("--server", action="append", default=[])
    parser.add_argument("--only", action="append", default=[])
    parser.add_argument("--full", action="store_true")
    parser.add_argument("--check", action="store_true")
    parser.add_argument("--jobs", type=int, default=2)
    parser.add_argument("--out", type=pathlib.Path, default=ROOT / "results/study")
    options = parser.parse_args()
    if options.help:
        print(__doc__)
        return 0
    plan = [(role, server, path)
            for role, servers in servers_by_role(options.program).items()
            for server in servers for path in scenarios(role)]

    def is_chosen(one):
        _, server, path = one
        return ((not options.server or server in options.server)
                and (not options.only or path.stem in options.only)
                and (options.full or path.stem != FULL))

    study = {}
    for role, server, path in [one for one in plan if not is_chosen(one)]:
        run = last_run(options.out / role / server / path.stem)
        study[(role, server, path.stem)] = (
            cells.cell_of(role, server, run, "") if run
            else pages.published_cell(PUBLISHED, role, server, path.stem))
    chosen = [one for one in plan if is_chosen(one)]
    # Those with the servers' own timers do nothing but wait: they need no turn.
    waiting = sum(path.stem == FULL for _, _, path in chosen)
    with (concurrent.futures.ThreadPoolExecutor(options.jobs) as pool,
          concurrent.futures.ThreadPoolExecutor(waiting or 1) as patient):
        futures = {(patient if one[2].stem == FULL else pool).submit(
            carry_out, options.program, options.out, *one): one for one in chosen}
        for future in concurrent.futures.as_completed(futures):
            role, server, scenario = futures[future]
            run, words = future.result()
            cell = cells.cell_of(role, server, run, words)
            study[(role, server, scenario.stem)] = cell
            print(f"{role:<9} {server:<14} {scenario.stem:<20} {cell.text}", flush=True)
    if options.check:
        return pages.compare(study, PUBLISHED)
    pages.publish(study, plan, PUBLISHED)
    print(f"written: {PUBLISHED.relative_to(ROOT)}")
    return 0 if all(cell.page for cell in study.values()) else 4


if __name__ == "__main__":
    sys.exit(main())
