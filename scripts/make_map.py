"""Make a map of a folder of pictures, without the page; the page Map opens the file.

    python scripts/make_map.py PICTURES map.npz                          # with the benchmark's vectors
    python scripts/make_map.py PICTURES map.npz --network lenet --workers 4
    python scripts/make_map.py PICTURES map.npz --cluster tcp://host:8786

Stop it with Ctrl-C; the same command goes on where it was. Put the file into the folder that CONVLENS_MAPS names, and
choose "file" on the page Map.
"""

import argparse
import os
import shutil
import sys
import time
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
sys.path.insert(0, str(ROOT))

from convlens.atlas import projection, survey  # noqa: E402
from convlens.errors import InputError  # noqa: E402
from convlens.pictures import gathering  # noqa: E402
from convlens.work.engine import Engine  # noqa: E402


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("folder", type=Path, help="of pictures, at any depth; the last folder of each is its label")
    parser.add_argument("out", type=Path, help="the file to write, .npz")
    parser.add_argument("--network", default="benchmark", help="whose vectors; a name of the catalog")
    parser.add_argument(
        "--workers", type=int, default=max(1, (os.cpu_count() or 2) // 2), help="processes of this machine"
    )
    parser.add_argument(
        "--cluster", default=os.environ.get("CONVLENS_CLUSTER", ""), help="the address of a Dask scheduler"
    )
    parser.add_argument("--way", choices=projection.WAYS, default="UMAP")
    parser.add_argument("--near", type=int, default=15, help="neighbours that UMAP looks at; t-SNE's perplexity")
    parser.add_argument("--apart", type=float, default=0.1, help="UMAP's min_dist")
    parser.add_argument("--smallest", type=int, default=25, help="pictures of a cluster, at least")
    parser.add_argument(
        "--most", type=int, default=survey.MOST, help="pictures that are laid out; of more, so many at equal distances"
    )
    parser.add_argument("--restart", action="store_true", help="begin anew instead of going on")
    args = parser.parse_args()
    work = args.out.with_name(args.out.name + ".parts")
    engine, here = Engine(args.workers, cluster=args.cluster), Engine(1, cluster="")
    try:
        made = survey.begin(args.folder, work, args.network, min(args.most, survey.MOST), restart=args.restart)
        print(f"{len(made.paths):,} pictures, {args.network}, {args.cluster or f'{args.workers} workers'}", flush=True)
        survey.gather(made, engine, progress())
        print(f"\n{args.way} and HDBSCAN", flush=True)
        engine.stop()
        pictures, laid, left = survey.finish(made, here, args.out, args.way, args.near, args.apart, args.smallest)
    except InputError as error:
        sys.exit(str(error))
    except OSError as error:  # a full disk, most often: all vectors lie in one file beside the parts
        sys.exit(
            f"{error.strerror or error}: {error.filename or work}. Make room, then the same command goes on from here."
        )
    except KeyboardInterrupt:
        sys.exit("\nStopped. The same command goes on from here.")
    finally:
        engine.stop()
        here.stop()
    shutil.rmtree(work)
    some = f" of the {laid:,} that were laid out, as many as a page opens" if len(pictures) < laid else ""
    print(f"{args.out}: {len(pictures):,} pictures{some}. {gathering.left_out(left)}")


def progress():
    """One line that is written anew: how far, how fast, how long still."""
    start, first = time.monotonic(), None

    def report(done: int, of: int) -> None:
        nonlocal first
        first = done if first is None else first
        each = (time.monotonic() - start) / max(1, done - first)
        left = f", {each * (of - done) / 60:.1f} min left" if done > first else ""
        print(f"\r{done:,} of {of:,} pictures{left}   ", end="", flush=True)

    return report


if __name__ == "__main__":
    main()
