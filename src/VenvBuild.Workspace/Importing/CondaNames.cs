namespace VenvBuild.Workspace;

/// <summary>How conda's packages are called on PyPI, and which of them no Python index has.</summary>
internal static class CondaNames
{
    private static readonly Dictionary<string, string> OnPyPI =
        """
        pytorch=torch pytorch-cpu=torch pytorch-gpu=torch pytorch-lightning=pytorch-lightning tensorflow-gpu=tensorflow tensorflow-base=tensorflow
        opencv=opencv-python py-opencv=opencv-python libopencv=opencv-python matplotlib-base=matplotlib pytables=tables msgpack-python=msgpack
        python-graphviz=graphviz pyqt=pyqt5 ruamel_yaml=ruamel.yaml py-xgboost=xgboost dask-core=dask seaborn-base=seaborn brotli-python=brotli
        brotlipy=brotlipy python-snappy=python-snappy prompt_toolkit=prompt-toolkit stack_data=stack-data jupyter_core=jupyter-core
        importlib_metadata=importlib-metadata typing_extensions=typing-extensions python-tzdata=tzdata python-duckdb=duckdb python-xxhash=xxhash
        python-kubernetes=kubernetes python-rapidjson=python-rapidjson py-cpuinfo=py-cpuinfo pyarrow-core=pyarrow libnumpy=numpy scikit-learn-intelex=scikit-learn-intelex
        gh-scoped-creds=gh-scoped-creds mysql-connector-python=mysql-connector-python psycopg2=psycopg2 lz4=lz4 pillow=pillow
        """.Split((char[])[' ', '\r', '\n'], StringSplitOptions.RemoveEmptyEntries).Select(pair => pair.Split('='))
        .ToDictionary(pair => pair[0], pair => pair[1], StringComparer.Ordinal);

    private static readonly HashSet<string> System =
    [
        .. """
        blas bzip2 c-compiler ca-certificates clang cmake compilers conda cuda cuda-toolkit cudatoolkit cudnn curl cxx-compiler expat ffmpeg fftw fontconfig
        fortran-compiler freetype gcc gdal geos gfortran git glib go graphviz gsl gxx hdf5 icu imagemagick intel-openmp java-jdk jpeg krb5 ld_impl_linux-64
        lapack llvm-openmp llvmdev lz4-c make mamba mesa mkl mpich mysql nccl ncurses netcdf4-c ninja-base nodejs openblas openjdk openmpi openssl pandoc perl
        pkg-config postgresql proj protobuf-c r r-base readline redis-server rust sqlite swig texlive-core tk tzdata-system unixodbc vc vs2015_runtime wget xz yarn zlib zstd
        """.Split((char[])[' ', '\r', '\n'], StringSplitOptions.RemoveEmptyEntries),
    ];

    /// <summary>Whether a package is no Python distribution, and must come from elsewhere.</summary>
    public static bool IsSystem(string name) =>
        System.Contains(name) || name.StartsWith('_') || name.StartsWith("r-", StringComparison.Ordinal) || name.StartsWith("cuda-", StringComparison.Ordinal)
        || (name.StartsWith("lib", StringComparison.Ordinal) && !OnPyPI.ContainsKey(name) && name is not ("libcst" or "librosa" or "libsass" or "libtmux" or "libclang"));

    /// <summary>The name on PyPI; null where only the like name is known, which somebody else may hold there.</summary>
    public static string? Map(string name) => OnPyPI.GetValueOrDefault(name);
}
