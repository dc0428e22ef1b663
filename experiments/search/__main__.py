"""Search for better settings, as experiments/search.yaml describes it. Started again, it goes on where it was.

python -m experiments.search             in .venv; `make search` does both
python -m experiments.search --report    only write the table and draw the pictures, from the journal
python -m experiments.search --repeat    train the best trial again with other seeds: how much of it is luck?
python -m experiments.search --parallel             run as many trials at a time as this machine has cores
python -m experiments.search --cluster ADDRESS      run them on a Dask cluster, see docs/scale.md

Every trial is an experiment of DVC. A second process, started while the first runs, shares the work.
"""

import argparse
import sys

from experiments.search import definition, repeat, report, workspace
from experiments.search.journal import Journal
from experiments.search.progress import Progress
from experiments.search.trials import run_next_trial, run_trial
from experiments.search.workspace import Workspace
from speech_emotion.core.command_line import Parser, exit_on_user_error, use_cluster
from speech_emotion.parallel.executor import map_items


def main() -> None:
    style = argparse.RawDescriptionHelpFormatter
    parser = Parser(prog="python -m experiments.search", description=__doc__, formatter_class=style)
    parser.add_argument("--report", action="store_true", help="only write the table and draw the pictures")
    parser.add_argument("--repeat", action="store_true", help="train the best trial again with other seeds")
    parser.add_argument("--parallel", action="store_true", help="as many trials at a time as there are cores")
    parser.add_argument("--cluster", metavar="ADDRESS", help="run the trials on the Dask cluster of this scheduler")
    arguments = parser.parse_args()
    use_cluster(sys.argv[1:])
    search = definition.load()
    if not arguments.report:
        workspace.check_committed(except_for=[definition.DEFINITION, *report.FILES, repeat.TABLE])
    journal = Journal(search, may_begin=not (arguments.report or arguments.repeat))
    if not arguments.report:
        journal.check_same_code()
    if arguments.repeat:
        print(repeat.repeat_best(journal).to_string(index=False))
        return
    if not arguments.report:
        run = run_trials_in_parallel if arguments.parallel or arguments.cluster else run_trials
        run(journal)
    report.write(journal)
    print(report.summary(journal))


def run_trials_in_parallel(journal: Journal) -> None:
    """Run trials on the cores of this machine, or on a cluster, until there are enough."""
    left = range(len(journal.finished()), journal.search.trials)
    for _ in map_items(run_next_trial, left, journal.search.name, "trial"):
        report.write_table(journal)


def run_trials(journal: Journal) -> None:
    """Run trials until there are enough."""
    space = Workspace()
    with Progress(journal) as progress:
        while trial := journal.next_trial(space.number, space.commit):
            run_trial(trial, journal, space, progress)
            progress.ended(trial.number)
            report.write_table(journal)


if __name__ == "__main__":
    with exit_on_user_error():  # ends without a traceback at Ctrl-C
        main()
