"""Tokens to US dollars, by the price list that genai-prices ships: offline, never updated.

    cost = input * rate + output * rate + cache read * rate
         + five-minute cache write * rate + one-hour cache write * rate

The list says what holds on a day and above which size of the request's whole input (cache included)
other rates apply to all of its tokens, so a request is priced by itself and never a sum of several.
Resolving a name takes about a millisecond and the import a quarter of a second: the import waits
for the first call, and rates are kept per model, day and speed.
"""

from datetime import UTC, date, datetime, time
from decimal import Decimal
from functools import lru_cache
from typing import TYPE_CHECKING, NamedTuple

from msgspec import Struct

from localytics.event import MAX_COST_USD

if TYPE_CHECKING:
    from genai_prices.types import ModelInfo, ModelPrice, Provider

_NANODOLLAR = Decimal("1e-9")
_BILLION = int(MAX_COST_USD) * 10**9
_FEMTO_PER_TOKEN = 10**9  # from dollars per million tokens
_FEMTO_PER_REQUEST = 10**12  # from dollars per thousand requests

# Fast mode of the models for which the list has no fast rates, as a multiple of the standard ones:
# $30/$150 per million instead of $5/$25.
_FAST_MULTIPLES = {"claude-opus-4-6": 6, "claude-opus-4-7": 6}


class _Tier(NamedTuple):
    """Femtodollars per token, and per request, for requests with more input than `above` tokens."""

    above: int
    input: int
    output: int
    cache_read: int
    cache_write: int
    cache_write_1h: int
    request: int


class Rates(Struct, frozen=True, kw_only=True):
    """What a model costs at a moment, the largest requests first."""

    tiers: tuple[_Tier, ...]

    def nanodollars(self, fresh: int, output: int, read: int, write: int, hour: int) -> int | None:
        """The cost of one request in 1e-9 USD, in integers all the way and rounded once.

        The numbers are tokens: `fresh` input, `output`, cache `read`, cache `write` and how many of
        those writes are kept for an `hour`.
        """
        tier = self.tiers[0]
        if len(self.tiers) > 1:
            whole = fresh + read + write
            tier = next(tier for tier in self.tiers if whole > tier.above)
        _, per_fresh, per_output, per_read, per_write, per_hour, request = tier
        femtodollars = per_fresh * fresh + per_output * output + request
        if read or write:
            hour = min(hour, write)
            femtodollars += per_read * read + per_write * (write - hour) + per_hour * hour
        nanodollars = (femtodollars + 500_000) // 1_000_000
        # Nobody was billed a billion: the token numbers are nonsense, and so would the cost be.
        return nanodollars if nanodollars < _BILLION else None


def price(
    model: str,
    at: datetime,
    *,
    input_tokens: int,
    output_tokens: int,
    cache_read_tokens: int,
    cache_write_tokens: int,
    cache_write_1h_tokens: int = 0,
    fast: bool = False,
) -> Decimal | None:
    """US dollars for one request at the time `at`, exact to 1e-9; None when no price is known.

    `input_tokens` excludes cache. `cache_write_tokens` counts every cache write, of which
    `cache_write_1h_tokens` are kept for an hour. `fast` is the provider's dearer fast mode.
    """
    rates = rates_of(model, at, fast=fast)
    if rates is None:
        return None
    cost = rates.nanodollars(
        input_tokens, output_tokens, cache_read_tokens, cache_write_tokens, cache_write_1h_tokens
    )
    return None if cost is None else Decimal(cost) * _NANODOLLAR


def rates_of(model: str, at: datetime, *, fast: bool = False) -> Rates | None:
    """The rates of `model` at the time `at`; None when no price is known."""
    at = at.astimezone(UTC)
    moment = at.replace(second=0, microsecond=0) if has_hours(model) else _start_of(at.date())
    return _rates(model, moment, fast)


@lru_cache(maxsize=4096)
def _rates(model: str, moment: datetime, fast: bool) -> Rates | None:
    found = _find(model)
    if found is None:
        return None
    prices = found.get_prices(moment, {"speed": "fast"} if fast else None)
    if prices.input_mtok is None and prices.output_mtok is None:
        return None
    multiple = _FAST_MULTIPLES.get(found.id, 1) if fast else 1
    # -1, so that a request without input finds the base rates.
    starts = {-1} | {
        tier.start for value in vars(prices).values() for tier in getattr(value, "tiers", ())
    }
    return Rates(tiers=tuple(_tier(prices, above, multiple) for above in sorted(starts)[::-1]))


def _tier(prices: "ModelPrice", above: int, multiple: int) -> _Tier:
    """Tokens of a kind that has no rate of its own cost what the wider kind costs."""

    def rate(*kinds: str, per: int = _FEMTO_PER_TOKEN) -> int:
        for kind in kinds:
            value = getattr(prices, kind)
            if value is not None:
                amount = getattr(value, "base", value)
                for tier in getattr(value, "tiers", ()):
                    if tier.start <= above:
                        amount = tier.price
                return int(Decimal(amount) * per * multiple)
        return 0

    return _Tier(
        above=above,
        input=rate("input_mtok"),
        output=rate("output_mtok"),
        cache_read=rate("cache_read_mtok", "input_mtok"),
        cache_write=rate("cache_write_mtok", "input_mtok"),
        cache_write_1h=rate("cache_write_1h_mtok", "cache_write_mtok", "input_mtok"),
        request=rate("requests_kcount", per=_FEMTO_PER_REQUEST),
    )


@lru_cache(maxsize=64)
def _start_of(day: date) -> datetime:
    return datetime.combine(day, time(), UTC)


@lru_cache(maxsize=1024)
def has_hours(model: str) -> bool:
    """Whether a model has off-peak hours, so that its rates change within a day."""
    found = _find(model)
    if found is None or not isinstance(found.prices, list):
        return False
    return any(hasattr(price.constraint, "start_time") for price in found.prices)


@lru_cache(maxsize=1024)
def _find(model: str) -> "ModelInfo | None":
    """The entry of a name, whether plain (`claude-opus-4-6`), with its provider in front
    (`anthropic/claude-…`, `openrouter/anthropic/claude-…`) or in Bedrock's form (`us.anthropic.…`).

    Searches the providers itself: the list's own lookup remembers every unknown name for ever.
    """
    from genai_prices.data_snapshot import (  # noqa: PLC0415 - a quarter of a second, 25 MB
        find_provider_by_id,
        get_snapshot,
    )

    providers = get_snapshot().providers
    plain = model.lower().rpartition("/")[2]
    head, _, rest = model.lower().partition("/")

    def search(name: str, provider: "Provider | None") -> "ModelInfo | None":
        return provider.find_model(name, all_providers=providers) if provider else None

    def maker(name: str) -> "Provider | None":
        return next((p for p in providers if p.model_match and p.model_match.is_match(name)), None)

    return (
        (search(rest, find_provider_by_id(providers, head)) if rest else None)
        or search(plain, maker(plain))
        or (search(plain, find_provider_by_id(providers, "aws")) if "." in plain else None)
        or (search(model.lower(), find_provider_by_id(providers, "openrouter")) if rest else None)
    )
