using Microsoft.EntityFrameworkCore.Migrations;
using Npgsql.EntityFrameworkCore.PostgreSQL.Metadata;

#nullable disable
#pragma warning disable CA1861, IDE0161

namespace VenvBuild.Server.Catalog.Migrations.Postgres
{
    /// <inheritdoc />
    public partial class Start : Migration
    {
        /// <inheritdoc />
        protected override void Up(MigrationBuilder migrationBuilder)
        {
            migrationBuilder.CreateTable(
                name: "distributions",
                columns: table => new
                {
                    id = table.Column<long>(type: "bigint", nullable: false)
                        .Annotation("Npgsql:ValueGenerationStrategy", NpgsqlValueGenerationStrategy.IdentityByDefaultColumn),
                    name = table.Column<string>(type: "text", nullable: false)
                },
                constraints: table =>
                {
                    table.PrimaryKey("PK_distributions", x => x.id);
                });

            migrationBuilder.CreateTable(
                name: "locks",
                columns: table => new
                {
                    digest = table.Column<string>(type: "character varying(64)", maxLength: 64, nullable: false),
                    content = table.Column<byte[]>(type: "bytea", nullable: false),
                    made = table.Column<long>(type: "bigint", nullable: false)
                },
                constraints: table =>
                {
                    table.PrimaryKey("PK_locks", x => x.digest);
                });

            migrationBuilder.CreateTable(
                name: "tokens",
                columns: table => new
                {
                    id = table.Column<string>(type: "text", nullable: false),
                    name = table.Column<string>(type: "text", nullable: false),
                    hash = table.Column<byte[]>(type: "bytea", nullable: false),
                    scopes = table.Column<int>(type: "integer", nullable: false),
                    made = table.Column<long>(type: "bigint", nullable: false),
                    revoked = table.Column<long>(type: "bigint", nullable: true)
                },
                constraints: table =>
                {
                    table.PrimaryKey("PK_tokens", x => x.id);
                });

            migrationBuilder.CreateTable(
                name: "releases",
                columns: table => new
                {
                    id = table.Column<long>(type: "bigint", nullable: false)
                        .Annotation("Npgsql:ValueGenerationStrategy", NpgsqlValueGenerationStrategy.IdentityByDefaultColumn),
                    distribution_id = table.Column<long>(type: "bigint", nullable: false),
                    origin = table.Column<string>(type: "text", nullable: false),
                    version = table.Column<string>(type: "text", nullable: false),
                    sort_key = table.Column<string>(type: "text", nullable: false, collation: "C"),
                    is_pre_release = table.Column<bool>(type: "boolean", nullable: false),
                    is_yanked = table.Column<bool>(type: "boolean", nullable: false),
                    requires_python = table.Column<string>(type: "text", nullable: true),
                    has_metadata = table.Column<bool>(type: "boolean", nullable: false)
                },
                constraints: table =>
                {
                    table.PrimaryKey("PK_releases", x => x.id);
                    table.ForeignKey(
                        name: "FK_releases_distributions_distribution_id",
                        column: x => x.distribution_id,
                        principalTable: "distributions",
                        principalColumn: "id",
                        onDelete: ReferentialAction.Cascade);
                });

            migrationBuilder.CreateTable(
                name: "lock_answers",
                columns: table => new
                {
                    key = table.Column<string>(type: "text", nullable: false),
                    lock_digest = table.Column<string>(type: "character varying(64)", nullable: false),
                    fresh_until = table.Column<long>(type: "bigint", nullable: false)
                },
                constraints: table =>
                {
                    table.PrimaryKey("PK_lock_answers", x => x.key);
                    table.ForeignKey(
                        name: "FK_lock_answers_locks_lock_digest",
                        column: x => x.lock_digest,
                        principalTable: "locks",
                        principalColumn: "digest",
                        onDelete: ReferentialAction.Cascade);
                });

            migrationBuilder.CreateTable(
                name: "lock_pins",
                columns: table => new
                {
                    lock_digest = table.Column<string>(type: "character varying(64)", nullable: false),
                    name = table.Column<string>(type: "text", nullable: false),
                    sort_key = table.Column<string>(type: "text", nullable: false, collation: "C"),
                    version = table.Column<string>(type: "text", nullable: false)
                },
                constraints: table =>
                {
                    table.PrimaryKey("PK_lock_pins", x => new { x.lock_digest, x.name, x.sort_key });
                    table.ForeignKey(
                        name: "FK_lock_pins_locks_lock_digest",
                        column: x => x.lock_digest,
                        principalTable: "locks",
                        principalColumn: "digest",
                        onDelete: ReferentialAction.Cascade);
                });

            migrationBuilder.CreateTable(
                name: "dependencies",
                columns: table => new
                {
                    id = table.Column<long>(type: "bigint", nullable: false)
                        .Annotation("Npgsql:ValueGenerationStrategy", NpgsqlValueGenerationStrategy.IdentityByDefaultColumn),
                    release_id = table.Column<long>(type: "bigint", nullable: false),
                    target_id = table.Column<long>(type: "bigint", nullable: false),
                    specifiers = table.Column<string>(type: "text", nullable: false),
                    marker = table.Column<string>(type: "text", nullable: true),
                    needs_extra = table.Column<bool>(type: "boolean", nullable: false)
                },
                constraints: table =>
                {
                    table.PrimaryKey("PK_dependencies", x => x.id);
                    table.ForeignKey(
                        name: "FK_dependencies_distributions_target_id",
                        column: x => x.target_id,
                        principalTable: "distributions",
                        principalColumn: "id",
                        onDelete: ReferentialAction.Cascade);
                    table.ForeignKey(
                        name: "FK_dependencies_releases_release_id",
                        column: x => x.release_id,
                        principalTable: "releases",
                        principalColumn: "id",
                        onDelete: ReferentialAction.Cascade);
                });

            migrationBuilder.CreateTable(
                name: "files",
                columns: table => new
                {
                    id = table.Column<long>(type: "bigint", nullable: false)
                        .Annotation("Npgsql:ValueGenerationStrategy", NpgsqlValueGenerationStrategy.IdentityByDefaultColumn),
                    release_id = table.Column<long>(type: "bigint", nullable: false),
                    name = table.Column<string>(type: "text", nullable: false),
                    sha256 = table.Column<string>(type: "text", nullable: true),
                    size = table.Column<long>(type: "bigint", nullable: true),
                    url = table.Column<string>(type: "text", nullable: false)
                },
                constraints: table =>
                {
                    table.PrimaryKey("PK_files", x => x.id);
                    table.ForeignKey(
                        name: "FK_files_releases_release_id",
                        column: x => x.release_id,
                        principalTable: "releases",
                        principalColumn: "id",
                        onDelete: ReferentialAction.Cascade);
                });

            migrationBuilder.CreateTable(
                name: "dependency_ranges",
                columns: table => new
                {
                    dependency_id = table.Column<long>(type: "bigint", nullable: false),
                    from_key = table.Column<string>(type: "text", nullable: false, collation: "C"),
                    to_key = table.Column<string>(type: "text", nullable: false, collation: "C")
                },
                constraints: table =>
                {
                    table.PrimaryKey("PK_dependency_ranges", x => new { x.dependency_id, x.from_key });
                    table.ForeignKey(
                        name: "FK_dependency_ranges_dependencies_dependency_id",
                        column: x => x.dependency_id,
                        principalTable: "dependencies",
                        principalColumn: "id",
                        onDelete: ReferentialAction.Cascade);
                });

            migrationBuilder.CreateIndex(
                name: "IX_dependencies_release_id",
                table: "dependencies",
                column: "release_id");

            migrationBuilder.CreateIndex(
                name: "IX_dependencies_target_id",
                table: "dependencies",
                column: "target_id");

            migrationBuilder.CreateIndex(
                name: "IX_distributions_name",
                table: "distributions",
                column: "name",
                unique: true);

            migrationBuilder.CreateIndex(
                name: "IX_files_release_id",
                table: "files",
                column: "release_id");

            migrationBuilder.CreateIndex(
                name: "IX_files_sha256",
                table: "files",
                column: "sha256");

            migrationBuilder.CreateIndex(
                name: "IX_lock_answers_lock_digest",
                table: "lock_answers",
                column: "lock_digest");

            migrationBuilder.CreateIndex(
                name: "IX_lock_pins_name_sort_key",
                table: "lock_pins",
                columns: new[] { "name", "sort_key" });

            migrationBuilder.CreateIndex(
                name: "IX_releases_distribution_id_sort_key_origin",
                table: "releases",
                columns: new[] { "distribution_id", "sort_key", "origin" },
                unique: true);
        }

        /// <inheritdoc />
        protected override void Down(MigrationBuilder migrationBuilder)
        {
            migrationBuilder.DropTable(
                name: "dependency_ranges");

            migrationBuilder.DropTable(
                name: "files");

            migrationBuilder.DropTable(
                name: "lock_answers");

            migrationBuilder.DropTable(
                name: "lock_pins");

            migrationBuilder.DropTable(
                name: "tokens");

            migrationBuilder.DropTable(
                name: "dependencies");

            migrationBuilder.DropTable(
                name: "locks");

            migrationBuilder.DropTable(
                name: "releases");

            migrationBuilder.DropTable(
                name: "distributions");
        }
    }
}
