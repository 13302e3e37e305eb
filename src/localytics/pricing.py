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
from typing import TYPE_CHECKING

from msgspec import Struct

from localytics.event import MAX_COST_USD

if TYPE_CHECKING:
    from genai_prices.types import ModelInfo, ModelPrice, Provider

_NANODOLLAR = Decimal("1e-9")
_PER_TOKEN = Decimal("1e-6")
_NOTHING = Decimal(0)

# Fast mode of the models for which the list has no fast rates, as a multiple of the standard ones:
# $30/$150 per million instead of $5/$25.
_FAST_MULTIPLES = {"claude-opus-4-6": 6, "claude-opus-4-7": 6}


class _Rates(Struct, frozen=True, kw_only=True):
    """US dollars per token, and per request, for requests with more input than `above` tokens."""

    above: int
    input: Decimal
    output: Decimal
    cache_read: Decimal
    cache_write: Decimal
    cache_write_1h: Decimal
    request: Decimal


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
    at = at.astimezone(UTC)
    moment = at.replace(second=0, microsecond=0) if _has_hours(model) else _start_of(at.date())
    tiers = _tiers(model, moment, fast)
    if tiers is None:
        return None
    rates = tiers[0]
    if len(tiers) > 1:
        whole_input = input_tokens + cache_read_tokens + cache_write_tokens
        rates = next(rates for rates in tiers if whole_input > rates.above)
    hour = min(cache_write_1h_tokens, cache_write_tokens)
    cost = (
        rates.input * input_tokens
        + rates.output * output_tokens
        + rates.cache_read * cache_read_tokens
        + rates.cache_write * (cache_write_tokens - hour)
        + rates.cache_write_1h * hour
        + rates.request
    )
    # Nobody was billed a billion: the token numbers are nonsense, and so would the cost be.
    return cost.quantize(_NANODOLLAR) if cost < MAX_COST_USD else None


@lru_cache(maxsize=4096)
def _tiers(model: str, moment: datetime, fast: bool) -> tuple[_Rates, ...] | None:
    """The rates of a model at a moment, the largest requests first."""
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
    return tuple(_rates(prices, start, multiple) for start in sorted(starts, reverse=True))


def _rates(prices: "ModelPrice", above: int, multiple: int) -> _Rates:
    """Tokens of a kind that has no rate of its own cost what the wider kind costs."""

    def rate(*kinds: str, per: Decimal = _PER_TOKEN) -> Decimal:
        for kind in kinds:
            value = getattr(prices, kind)
            if value is not None:
                amount = getattr(value, "base", value)
                for tier in getattr(value, "tiers", ()):
                    if tier.start <= above:
                        amount = tier.price
                return Decimal(amount) * per * multiple
        return _NOTHING

    return _Rates(
        above=above,
        input=rate("input_mtok"),
        output=rate("output_mtok"),
        cache_read=rate("cache_read_mtok", "input_mtok"),
        cache_write=rate("cache_write_mtok", "input_mtok"),
        cache_write_1h=rate("cache_write_1h_mtok", "cache_write_mtok", "input_mtok"),
        request=rate("requests_kcount", per=Decimal("1e-3")),
    )


@lru_cache(maxsize=64)
def _start_of(day: date) -> datetime:
    return datetime.combine(day, time(), UTC)


@lru_cache(maxsize=1024)
def _has_hours(model: str) -> bool:
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
