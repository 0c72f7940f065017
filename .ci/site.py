#!/usr/bin/env python3
"""Makes the pages of the site from the files of the repository: `.ci/site.py DIRECTORY`.

Pages keep their places, so that links between them hold; links to other files lead to the repository. What comes out is
plain Markdown, so that the generator of the site can be another one tomorrow.
"""

import re
import shutil
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
REPOSITORY = re.search(r'^repository = "(.+)"$', (ROOT / "Cargo.toml").read_text(), re.MULTILINE)[1]
PAGES = [
    *sorted(ROOT.glob("docs/*.md")),
    *sorted(ROOT.glob("rules/*.md")),
    *(ROOT / name for name in ["README.md", "CHANGELOG.md", "CONTRIBUTING.md", "ARCHITECTURE.md", "SECURITY.md", "benches/README.md"]),
]
LINK = re.compile(r"\]\(([^)#\s]+)(#[^)\s]*)?\)")


def place(path):
    """Where a page is in the site: README is the first one."""
    return Path("index.md") if path == ROOT / "README.md" else path.relative_to(ROOT)


def with_heading(text):
    """The page of a rule begins with facts about it, which become its heading."""
    _, front, page = text.split("---\n", 2)
    facts = dict(line.split(": ", 1) for line in front.splitlines())
    profile = facts.get("profile", "default")
    return f"# {facts['name']}\n\n{facts['summary']}.\n\n**{facts['severity']}** · {facts['category']} · profile `{profile}`\n\n{page}"


def with_links(text, path):
    """Links to pages lead to pages, links to other files to the repository."""

    def replaced(link):
        target, anchor = link[1], link[2] or ""
        leads_to = (path.parent / target).resolve()
        if "://" in target or target.startswith("mailto:") or not leads_to.exists():
            return link[0]
        if leads_to in PAGES or leads_to.is_relative_to(ROOT / "docs/images"):
            up = "../" * (len(place(path).parts) - 1)
            return f"]({up}{place(leads_to).as_posix()}{anchor})"
        kind = "tree" if leads_to.is_dir() else "blob"
        return f"]({REPOSITORY}/{kind}/main/{leads_to.relative_to(ROOT).as_posix()}{anchor})"

    return LINK.sub(replaced, text)


def main(directory):
    shutil.rmtree(directory, ignore_errors=True)
    for path in PAGES:
        text = path.read_text()
        if path.parent == ROOT / "rules":
            text = with_heading(text)
        page = directory / place(path)
        page.parent.mkdir(parents=True, exist_ok=True)
        page.write_text(with_links(text, path))
    shutil.copytree(ROOT / "docs/images", directory / "docs/images")


main(Path(sys.argv[1]))
