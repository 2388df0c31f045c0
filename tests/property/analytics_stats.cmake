eduplat_test(analytics_stats_property_test
  SOURCES analytics_stats_property_test.cpp analytics_stats_video_test.cpp seed.cpp
  LIBS eduplat::analytics eduplat::domain eduplat::core rapidcheck
  LABELS property)
