eduplat_test(exporting_property_test
  SOURCES exporting_property_test.cpp seed.cpp
  LIBS eduplat::exporting eduplat::analytics eduplat::core rapidcheck
  LABELS property)
