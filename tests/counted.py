"""Counted: an event as it was sent, with what follows from its fields, in plain Python."""

from dataclasses import dataclass
from datetime import UTC, datetime
from decimal import ROUND_HALF_EVEN, Decimal
from typing import Any

from localytics.pricing import price

Wire = dict[str, Any]


@dataclass(frozen=True, slots=True)
class Counted:
    """An event with what follows from its fields."""

    wire: Wire
    at: datetime
    failed: bool
    cost: Decimal | None
    unpriced: bool
    tokens: int

    def __getitem__(self, field: str) -> Any:
        return self.wire.get(field)


def counted(wire: Wire) -> Counted:
    at = datetime.fromisoformat(wire["timestamp"]).astimezone(UTC)
    kinds = ("input_tokens", "output_tokens", "cache_read_tokens", "cache_write_tokens")
    model, input_, output = (wire.get(f) for f in ("model", "input_tokens", "output_tokens"))
    billed = any(wire.get(kind) is not None for kind in kinds)
    cost: Decimal | None = None
    if wire.get("cost_usd") is not None:
        cost = Decimal(wire["cost_usd"]).quantize(Decimal("1e-9"), ROUND_HALF_EVEN)
    elif billed and model is not None:
        cost = price(
            str(model),
            at,
            input_tokens=input_ or 0,
            output_tokens=output or 0,
            cache_read_tokens=wire.get("cache_read_tokens") or 0,
            cache_write_tokens=wire.get("cache_write_tokens") or 0,
            cache_write_1h_tokens=wire.get("cache_write_1h_tokens") or 0,
        )
    return Counted(
        wire=wire,
        at=at,
        failed=bool(wire.get("is_error")) or (wire.get("status_code") or 0) >= 400,
        cost=cost,
        unpriced=billed and cost is None,
        tokens=sum(wire.get(kind) or 0 for kind in kinds),
    )
