# Flags that every target of this project shares.
find_program(CCACHE_PROGRAM ccache)
if(CCACHE_PROGRAM)
  # The base folder makes the paths that the compiler is given relative: objects of one clone serve
  # another, and profile.cmake needs it.
  set(CMAKE_CXX_COMPILER_LAUNCHER ${CMAKE_COMMAND} -E env CCACHE_BASEDIR=${PROJECT_SOURCE_DIR}
                                  ${CCACHE_PROGRAM})
endif()
find_program(LLD_PROGRAM ld.lld)
if(LLD_PROGRAM)
  add_link_options(-fuse-ld=lld)
endif()

add_compile_options(-Wall -Wextra -Wpedantic -Wno-unused-parameter -fno-omit-frame-pointer)
if(CMAKE_CXX_COMPILER_ID STREQUAL "GNU")
  # g++ 12 warns falsely inside the standard library's and abseil's inlined code.
  add_compile_options(-Wno-restrict -Wno-array-bounds -Wno-stringop-overflow
                      -Wno-maybe-uninitialized)
endif()
if(TROUPE_SANITIZE)
  # CAF 0.17 passes null references through its headers (detail/init_fun_factory.hpp), hence no
  # null check.
  add_compile_options(-fsanitize=${TROUPE_SANITIZE} -fno-sanitize-recover=all -g1)
  add_link_options(-fsanitize=${TROUPE_SANITIZE})
  if(TROUPE_SANITIZE MATCHES "undefined")
    add_compile_options(-fno-sanitize=null,vptr)
  endif()
endif()
