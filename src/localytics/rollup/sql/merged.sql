{{ rows }}
order by slot, {{ order | join(', ') }}
