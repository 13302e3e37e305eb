-- points: tokens of each bucket
select
    bucket as timestamp,
    coalesce(sum(input_tokens), 0) as input_tokens,
    coalesce(sum(output_tokens), 0) as output_tokens,
    coalesce(sum(cache_read_tokens), 0) as cache_read_tokens,
    coalesce(sum(cache_write_tokens), 0) as cache_write_tokens,
    sum({{ tokens() }}) as total_tokens
from {{ timed(messages()) }}
group by bucket

-- totals: of the whole window; averages are over the messages that carry the figure
select
    coalesce(sum(input_tokens), 0) as total_input_tokens,
    coalesce(sum(output_tokens), 0) as total_output_tokens,
    {{ mean('input_tokens') }} as avg_input_tokens_per_message,
    {{ mean('output_tokens') }} as avg_output_tokens_per_message
from {{ messages() }}
