-- The bin of a duration: bin b ends at 1.02 ^ b milliseconds and begins where b - 1 ends.
case when duration_ms > 0 then ceil(ln(duration_ms::double) / ln(1.02))::smallint
     when duration_ms is not null then (-32768)::smallint end
