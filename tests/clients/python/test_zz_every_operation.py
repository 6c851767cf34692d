"""Last: every operation that is built was called by some test above, through boto3."""

import re
from pathlib import Path

import world

COVERAGE = Path(__file__).resolve().parents[3] / "docs" / "coverage.md"


def built():
    """The operations that docs/coverage.md, generated from the operation tables, says work."""
    return set(re.findall(r"^\| (\w+) \| works \|", COVERAGE.read_text(), re.MULTILINE))


def test_every_built_operation_was_called(request):
    asked = {item.path for item in request.session.items}
    here = set(Path(__file__).parent.glob("test_*.py"))
    operations = built()
    assert len(operations) >= 53
    if here <= asked:
        assert operations - world.called == set()
