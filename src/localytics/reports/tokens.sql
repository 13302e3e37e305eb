-- points: tokens of each bucket
select
    bucket as timestamp,
    {{ total('input_tokens') }} as input_tokens,
    {{ total('output_tokens') }} as output_tokens,
    {{ total('cache_read_tokens') }} as cache_read_tokens,
    {{ total('cache_write_tokens') }} as cache_write_tokens,
    {{ tokens() }} as total_tokens
from {{ timed(messages()) }}
group by bucket

-- totals: of the whole window; averages are over the messages that carry the figure
select
    {{ total('input_tokens') }} as total_input_tokens,
    {{ total('output_tokens') }} as total_output_tokens,
    {{ mean('input_tokens') }} as avg_input_tokens_per_message,
    {{ mean('output_tokens') }} as avg_output_tokens_per_message
from {{ messages() }}
