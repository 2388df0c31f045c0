eduplat_test(analytics_scan_property_test
  SOURCES
    analytics_buckets_property_test.cpp analytics_samples_property_test.cpp
    analytics_scan_funnel_property_test.cpp
    analytics_scan_property_test.cpp analytics_scan_sql_property_test.cpp seed.cpp
  LIBS eduplat::analytics eduplat::domain eduplat::core rapidcheck SQLite::SQLite3
  LABELS property)
