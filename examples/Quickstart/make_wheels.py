"""Writes the demonstration wheels of this example, the same bytes on every machine.

    python3 make_wheels.py [FOLDER]        (default: the folder wheels beside this file)

Standard library only. Nothing is compressed, because compressors differ between machines; times, modes and order are fixed.
"""

import base64
import hashlib
import pathlib
import sys
import zipfile

NUMBERS = '''\
"""Sums and means of whole numbers."""


def total(numbers):
    return sum(numbers)


def mean(numbers):
    return sum(numbers) / len(numbers)
'''

NUMBERS_MEDIAN = NUMBERS + '''

def median(numbers):
    ordered = sorted(numbers)
    middle = len(ordered) // 2
    return ordered[middle] if len(ordered) % 2 else (ordered[middle - 1] + ordered[middle]) / 2
'''

REPORT = '''\
"""One line about a list of numbers."""

import sys

from venvbuild_demo_numbers import mean, median, total


def report(numbers):
    return f"{len(numbers)} numbers, total {total(numbers)}, mean {mean(numbers)}, median {median(numbers)}"


def main():
    print(report([int(word) for word in sys.argv[1:]]))
'''

# name, version, what it needs, its module, its commands
WHEELS = [
    ("venvbuild-demo-numbers", "1.0.0", [], NUMBERS, {}),
    ("venvbuild-demo-numbers", "1.1.0", [], NUMBERS_MEDIAN, {}),
    # Newer than what the report can use: the resolver must leave it aside.
    ("venvbuild-demo-numbers", "2.0.0", [], NUMBERS, {}),
    ("venvbuild-demo-report", "1.0.0", ["venvbuild-demo-numbers>=1.1,<2"], REPORT, {"demo-report": "venvbuild_demo_report:main"}),
]


def metadata(name, version, requires):
    lines = [
        "Metadata-Version: 2.1",
        f"Name: {name}",
        f"Version: {version}",
        "Summary: A demonstration package of the VenvBuild quickstart.",
        "License: MIT",
        "Requires-Python: >=3.9",
        *(f"Requires-Dist: {requirement}" for requirement in requires),
    ]
    return "\n".join(lines) + "\n"


def files_of(name, version, requires, source, commands):
    module = name.replace("-", "_")
    info = f"{module}-{version}.dist-info"
    files = {f"{module}/__init__.py": source, f"{info}/METADATA": metadata(name, version, requires)}
    if commands:
        entries = "".join(f"{command} = {target}\n" for command, target in commands.items())
        files[f"{info}/entry_points.txt"] = f"[console_scripts]\n{entries}"
    files[f"{info}/WHEEL"] = "Wheel-Version: 1.0\nGenerator: make_wheels\nRoot-Is-Purelib: true\nTag: py3-none-any\n"
    files = {path: text.encode() for path, text in files.items()}
    record = "".join(f"{path},sha256={digest(content)},{len(content)}\n" for path, content in files.items())
    files[f"{info}/RECORD"] = f"{record}{info}/RECORD,,\n".encode()
    return files


def digest(content):
    return base64.urlsafe_b64encode(hashlib.sha256(content).digest()).rstrip(b"=").decode()


def write(folder, name, version, files):
    path = folder / f"{name.replace('-', '_')}-{version}-py3-none-any.whl"
    with zipfile.ZipFile(path, "w", zipfile.ZIP_STORED) as archive:
        for entry, content in files.items():
            item = zipfile.ZipInfo(entry, (1980, 1, 1, 0, 0, 0))
            item.create_system = 3
            item.external_attr = 0o100644 << 16
            archive.writestr(item, content)
    return path


def main():
    folder = pathlib.Path(sys.argv[1]) if len(sys.argv) > 1 else pathlib.Path(__file__).parent / "wheels"
    folder.mkdir(parents=True, exist_ok=True)
    for name, version, requires, source, commands in WHEELS:
        print(write(folder, name, version, files_of(name, version, requires, source, commands)))


if __name__ == "__main__":
    main()
