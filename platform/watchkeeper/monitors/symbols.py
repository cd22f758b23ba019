"""What the state machine can tell apart in an evaluation, as one small number: while it stays, nothing changes."""

from typing import Final

import numpy as np
from numpy.typing import NDArray

from watchkeeper.monitors.rules import Rules
from watchkeeper.query.ast import Comparator
from watchkeeper.query.frames import compare_arrays
from watchkeeper.query.grid import Flags
from watchkeeper.query.recorded import Values
from watchkeeper.query.vectorised import GroupValues

_DATA: Final = 1
_CRITICAL: Final = 2
_WARNING: Final = 4
_RECOVERS: Final = 8
_RECOVERS_FROM_WARNING: Final = 16
_FULL: Final = 32


def symbols_of(rules: Rules, found: GroupValues) -> NDArray[np.uint8]:
    """For each evaluation which comparisons hold; 0 where there is no data."""
    values = found.values
    critical = rules.critical if found.critical is None else found.critical
    recovery = rules.critical_recovery if found.critical is None else found.critical_recovery
    with np.errstate(invalid="ignore"):
        symbols = np.where(compare_arrays(rules.comparator, values, critical), _CRITICAL, 0).astype(np.uint8)
        if rules.warning is not None:
            symbols[compare_arrays(rules.comparator, values, rules.warning)] |= _WARNING
        judged = values if found.recovery is None else np.where(np.isnan(found.recovery), values, found.recovery)
        symbols[_has_recovered(rules, judged, critical, recovery)] |= _RECOVERS
        if rules.warning is not None:
            symbols[_has_recovered(rules, judged, rules.warning, rules.warning_recovery)] |= _RECOVERS_FROM_WARNING
    has_data = ~np.isnan(values)
    symbols[has_data] |= _DATA
    symbols[~has_data] = 0
    if found.is_full is not None:
        # An evaluation that is skipped says nothing but that there is data.
        symbols[found.is_full & has_data] |= _FULL
        symbols[~found.is_full & has_data] = _DATA
    return symbols


def _has_recovered(rules: Rules, values: Values, threshold: Values | float, recovery: Values | float | None) -> Flags:
    by_threshold = ~compare_arrays(rules.comparator, values, threshold)
    if recovery is None:
        return by_threshold
    by_recovery = _recovers(rules.recovery_comparator or rules.comparator, values, recovery)
    # A recovery threshold that is computed may be missing at times.
    return np.where(np.isnan(recovery), by_threshold, by_recovery)


def _recovers(comparator: Comparator, values: Values, recovery: Values | float) -> Flags:
    match comparator:
        case ">":
            return values <= recovery
        case ">=":
            return values < recovery
        case "<":
            return values >= recovery
        case "<=":
            return values > recovery
        case _:
            return np.ones(len(values), dtype=bool)
