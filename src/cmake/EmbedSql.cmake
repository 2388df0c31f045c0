# embed_sql(VARIABLE OUTPUT FILE...): generates a source file that defines
# eduplat::storage::school_migrations() from migrations named NNNN_name.sql, and sets VARIABLE to it.
# It is written anew when a migration changes.
function(embed_sql variable output)
  set(entries "")
  foreach(file IN LISTS ARGN)
    set_property(DIRECTORY APPEND PROPERTY CMAKE_CONFIGURE_DEPENDS ${CMAKE_CURRENT_SOURCE_DIR}/${file})
    file(READ ${file} sql)
    get_filename_component(stem ${file} NAME_WE)
    if(NOT stem MATCHES "^0*([1-9][0-9]*)_(.+)$")
      message(FATAL_ERROR "${file} is not named NNNN_name.sql")
    endif()
    string(APPEND entries "    Migration{${CMAKE_MATCH_1}, \"${CMAKE_MATCH_2}\", R\"sql(${sql})sql\"},\n")
  endforeach()
  set(source ${CMAKE_CURRENT_BINARY_DIR}/${output})
  file(CONFIGURE OUTPUT ${source} @ONLY CONTENT [[
// Generated from src/storage/sqlite/migrations.
#include <array>

#include "storage/sqlite/migrations.hpp"

namespace eduplat::storage {

std::span<Migration const> school_migrations() noexcept {
    static constexpr std::array migrations{
@entries@    };
    return migrations;
}

}  // namespace eduplat::storage
]])
  set(${variable} ${source} PARENT_SCOPE)
endfunction()
