# Profile-guided optimisation of what serves requests. `./dev profile` records how often requests
# take each way through the code, and optimised builds by the same g++ use the record.
#
# The archive holds g++'s counts of each source (.gcda) under the names that they have beside the
# objects, where g++ looks for them. It finds the counts of a function by its name and those of a
# static one also by the path that the compiler was given, which ccache makes relative (see
# toolchain.cmake), and the line. A function that has changed since is optimised as without counts,
# so that the record need not be renewed with each change.
set(TROUPE_PROFILE "use" CACHE STRING "The record of what requests do: use, generate or off")

string(REGEX MATCH "^[0-9]+" profile_compiler "${CMAKE_CXX_COMPILER_VERSION}")
set(profile_archive ${CMAKE_CURRENT_LIST_DIR}/profile/g++-${profile_compiler}.tar.xz)
if(NOT CMAKE_CXX_COMPILER_ID STREQUAL "GNU" OR NOT CMAKE_BUILD_TYPE MATCHES "^Rel")
  set(TROUPE_PROFILE "off")
elseif(TROUPE_PROFILE STREQUAL "use" AND EXISTS ${profile_archive})
  set_property(DIRECTORY APPEND PROPERTY CMAKE_CONFIGURE_DEPENDS ${profile_archive})
  file(SHA256 ${profile_archive} profile_digest)
  if(NOT profile_digest STREQUAL TROUPE_PROFILE_EXTRACTED)
    file(GLOB_RECURSE profile_before ${PROJECT_BINARY_DIR}/*.gcda)
    if(profile_before)
      file(REMOVE ${profile_before})
    endif()
    file(ARCHIVE_EXTRACT INPUT ${profile_archive} DESTINATION ${PROJECT_BINARY_DIR} TOUCH)
    set(TROUPE_PROFILE_EXTRACTED ${profile_digest} CACHE INTERNAL "The archive that is extracted")
  endif()
endif()

# Records or uses what requests do in `target`, which is defined in the calling folder.
function(troupe_profile target)
  if(TROUPE_PROFILE STREQUAL "generate")
    target_compile_options(${target} PRIVATE -fprofile-generate -fprofile-update=atomic)
    target_link_options(${target} PUBLIC -fprofile-generate)
  elseif(TROUPE_PROFILE STREQUAL "use")
    get_target_property(sources ${target} SOURCES)
    foreach(source ${sources})
      cmake_path(RELATIVE_PATH source BASE_DIRECTORY ${CMAKE_CURRENT_SOURCE_DIR})
      set(counts ${CMAKE_CURRENT_BINARY_DIR}/CMakeFiles/${target}.dir/${source}.gcda)
      if(EXISTS ${counts})
        set_source_files_properties(${source} PROPERTIES
          COMPILE_OPTIONS "-fprofile-use;-fprofile-partial-training;-Wno-missing-profile;\
-Wno-coverage-mismatch"
          OBJECT_DEPENDS ${counts})
      endif()
    endforeach()
  endif()
endfunction()
