eduplat_test(analytics_frame_property_test
  SOURCES analytics_frame_property_test.cpp seed.cpp
  LIBS eduplat::analytics eduplat::domain eduplat::core rapidcheck
  LABELS property)
