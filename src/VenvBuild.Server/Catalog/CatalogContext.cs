using Microsoft.EntityFrameworkCore;

namespace VenvBuild.Server;

/// <summary>What the server knows: locks, the answers that lead to them, what indexes offer, and who may ask. One model for both databases.</summary>
internal abstract class CatalogContext(DbContextOptions options) : DbContext(options)
{
    public DbSet<StoredLock> Locks => Set<StoredLock>();

    public DbSet<LockPin> Pins => Set<LockPin>();

    public DbSet<LockAnswer> Answers => Set<LockAnswer>();

    public DbSet<AccessToken> Tokens => Set<AccessToken>();

    public DbSet<Distribution> Distributions => Set<Distribution>();

    public DbSet<CatalogRelease> Releases => Set<CatalogRelease>();

    public DbSet<CatalogFile> Files => Set<CatalogFile>();

    public DbSet<CatalogPage> Pages => Set<CatalogPage>();

    public DbSet<FileMetadata> Metadata => Set<FileMetadata>();

    public DbSet<Dependency> Dependencies => Set<Dependency>();

    public DbSet<DependencyRange> Ranges => Set<DependencyRange>();

    public DbSet<Build> Builds => Set<Build>();

    public DbSet<BuildLine> BuildLines => Set<BuildLine>();

    public DbSet<StoredEnvironment> Environments => Set<StoredEnvironment>();

    public DbSet<EnvironmentPackage> EnvironmentPackages => Set<EnvironmentPackage>();

    public DbSet<Worker> Workers => Set<Worker>();

    public DbSet<StoredLayer> Layers => Set<StoredLayer>();

    public DbSet<Grid> Grids => Set<Grid>();

    public DbSet<GridCell> GridCells => Set<GridCell>();

    public DbSet<Subscription> Subscriptions => Set<Subscription>();

    public DbSet<UpdateRun> UpdateRuns => Set<UpdateRun>();

    public DbSet<FormKey> FormKeys => Set<FormKey>();

    public DbSet<CallerUsage> Usage => Set<CallerUsage>();

    /// <summary>The collation that compares bytes, in which sort keys keep the order of versions.</summary>
    protected abstract string Binary { get; }

    protected override void OnModelCreating(ModelBuilder modelBuilder)
    {
        modelBuilder.Entity<StoredLock>(stored =>
        {
            stored.ToTable("locks").HasKey(row => row.Digest);
            stored.Property(row => row.Digest).HasMaxLength(64);
        });
        modelBuilder.Entity<LockPin>(pin =>
        {
            pin.ToTable("lock_pins").HasKey(row => new { row.LockDigest, row.Name, row.SortKey });
            pin.Property(row => row.SortKey).UseCollation(Binary);
            pin.HasOne<StoredLock>().WithMany().HasForeignKey(row => row.LockDigest);
            pin.HasIndex(row => new { row.Name, row.SortKey });
        });
        modelBuilder.Entity<LockAnswer>(answer =>
        {
            answer.ToTable("lock_answers").HasKey(row => row.Key);
            answer.HasOne<StoredLock>().WithMany().HasForeignKey(row => row.LockDigest);
        });
        modelBuilder.Entity<AccessToken>(token => token.ToTable("tokens").HasKey(row => row.Id));
        modelBuilder.Entity<Distribution>(distribution =>
        {
            distribution.ToTable("distributions").HasKey(row => row.Id);
            distribution.HasIndex(row => row.Name).IsUnique();
        });
        modelBuilder.Entity<CatalogRelease>(release =>
        {
            release.ToTable("releases").HasKey(row => row.Id);
            release.Property(row => row.SortKey).UseCollation(Binary);
            release.HasOne<Distribution>().WithMany().HasForeignKey(row => row.DistributionId);
            release.HasIndex(row => new { row.DistributionId, row.SortKey, row.Origin }).IsUnique();
        });
        modelBuilder.Entity<CatalogFile>(file =>
        {
            file.ToTable("files").HasKey(row => row.Id);
            file.HasOne<CatalogRelease>().WithMany().HasForeignKey(row => row.ReleaseId);
            file.HasIndex(row => row.Sha256);
        });
        modelBuilder.Entity<CatalogPage>(page =>
        {
            page.ToTable("index_pages").HasKey(row => new { row.Origin, row.DistributionId });
            page.HasOne<Distribution>().WithMany().HasForeignKey(row => row.DistributionId);
        });
        modelBuilder.Entity<FileMetadata>(metadata =>
        {
            metadata.ToTable("file_metadata").HasKey(row => row.Key);
            metadata.HasOne<Distribution>().WithMany().HasForeignKey(row => row.DistributionId);
        });
        modelBuilder.Entity<Dependency>(dependency =>
        {
            dependency.ToTable("dependencies").HasKey(row => row.Id);
            dependency.HasOne<CatalogRelease>().WithMany().HasForeignKey(row => row.ReleaseId);
            dependency.HasOne<Distribution>().WithMany().HasForeignKey(row => row.TargetId);
        });
        modelBuilder.Entity<DependencyRange>(range =>
        {
            range.ToTable("dependency_ranges").HasKey(row => new { row.DependencyId, row.FromKey });
            range.Property(row => row.FromKey).UseCollation(Binary);
            range.Property(row => row.ToKey).UseCollation(Binary);
            range.HasOne<Dependency>().WithMany().HasForeignKey(row => row.DependencyId);
        });
        modelBuilder.Entity<Build>(build =>
        {
            build.ToTable("builds").HasKey(row => row.Key);
            build.HasOne<StoredLock>().WithMany().HasForeignKey(row => row.LockDigest);
            build.HasIndex(row => row.State);
            build.HasIndex(row => row.Changed);
            build.HasIndex(row => row.LockDigest);
        });
        modelBuilder.Entity<BuildLine>(line =>
        {
            line.ToTable("build_lines").HasKey(row => new { row.BuildKey, row.Sequence });
            line.HasOne<Build>().WithMany().HasForeignKey(row => row.BuildKey);
        });
        modelBuilder.Entity<StoredEnvironment>(stored =>
        {
            stored.ToTable("environments").HasKey(row => row.Key);
            stored.HasIndex(row => row.Made);
        });
        modelBuilder.Entity<EnvironmentPackage>(package =>
        {
            package.ToTable("environment_packages").HasKey(row => new { row.EnvironmentKey, row.Name });
            package.Property(row => row.SortKey).UseCollation(Binary);
            package.HasOne<StoredEnvironment>().WithMany().HasForeignKey(row => row.EnvironmentKey);
            package.HasIndex(row => new { row.Name, row.SortKey });
        });
        modelBuilder.Entity<Worker>(worker => worker.ToTable("workers").HasKey(row => row.Id));
        modelBuilder.Entity<Grid>(grid => grid.ToTable("grids").HasKey(row => row.Id));
        modelBuilder.Entity<GridCell>(cell =>
        {
            cell.ToTable("grid_cells").HasKey(row => new { row.GridId, row.Position });
            cell.HasOne<Grid>().WithMany().HasForeignKey(row => row.GridId);
        });
        modelBuilder.Entity<Subscription>(subscription => subscription.ToTable("subscriptions").HasKey(row => row.Id));
        modelBuilder.Entity<UpdateRun>(run =>
        {
            run.ToTable("update_runs").HasKey(row => new { row.SubscriptionId, row.Number });
            run.HasOne<Subscription>().WithMany().HasForeignKey(row => row.SubscriptionId);
        });
        modelBuilder.Entity<FormKey>(key => key.ToTable("form_keys").HasKey(row => row.Name));
        modelBuilder.Entity<StoredLayer>(stored =>
        {
            stored.ToTable("layers").HasKey(row => row.Digest);
            stored.HasIndex(row => row.Owner);
        });
        modelBuilder.Entity<CallerUsage>(usage => usage.ToTable("caller_usage").HasKey(row => new { row.Caller, row.Day }));
        foreach (var entity in modelBuilder.Model.GetEntityTypes())
        {
            foreach (var property in entity.GetProperties())
                property.SetColumnName(SnakeCase(property.Name));
        }
    }

    private static string SnakeCase(string name) =>
        string.Concat(name.Select((c, i) => char.IsUpper(c) && i > 0 ? $"_{char.ToLowerInvariant(c)}" : char.ToLowerInvariant(c).ToString()));
}
