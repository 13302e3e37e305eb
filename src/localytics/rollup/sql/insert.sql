insert into {{ table }} by name
{{ rows }}
