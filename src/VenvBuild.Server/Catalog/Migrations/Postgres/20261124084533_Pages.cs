using Microsoft.EntityFrameworkCore.Migrations;

#nullable disable
#pragma warning disable CA1861, IDE0161

namespace VenvBuild.Server.Catalog.Migrations.Postgres
{
    /// <inheritdoc />
    public partial class Pages : Migration
    {
        /// <inheritdoc />
        protected override void Up(MigrationBuilder migrationBuilder)
        {
            migrationBuilder.AddColumn<string>(
                name: "lock_digest",
                table: "environments",
                type: "text",
                nullable: true);

            migrationBuilder.AddColumn<int>(
                name: "packages",
                table: "environments",
                type: "integer",
                nullable: false,
                defaultValue: 0);

            migrationBuilder.AddColumn<string>(
                name: "platform",
                table: "environments",
                type: "text",
                nullable: false,
                defaultValue: "");

            migrationBuilder.AddColumn<string>(
                name: "python",
                table: "environments",
                type: "text",
                nullable: false,
                defaultValue: "");

            migrationBuilder.AddColumn<long>(
                name: "size",
                table: "environments",
                type: "bigint",
                nullable: false,
                defaultValue: 0L);

            migrationBuilder.AddColumn<string>(
                name: "checks",
                table: "builds",
                type: "text",
                nullable: true);

            migrationBuilder.AddColumn<string>(
                name: "environment_key",
                table: "builds",
                type: "text",
                nullable: false,
                defaultValue: "");

            migrationBuilder.AddColumn<string>(
                name: "findings",
                table: "builds",
                type: "text",
                nullable: true);

            migrationBuilder.Sql("UPDATE builds SET environment_key = \"key\"");

            migrationBuilder.CreateTable(
                name: "environment_packages",
                columns: table => new
                {
                    environment_key = table.Column<string>(type: "text", nullable: false),
                    name = table.Column<string>(type: "text", nullable: false),
                    sort_key = table.Column<string>(type: "text", nullable: false, collation: "C"),
                    version = table.Column<string>(type: "text", nullable: false)
                },
                constraints: table =>
                {
                    table.PrimaryKey("PK_environment_packages", x => new { x.environment_key, x.name });
                    table.ForeignKey(
                        name: "FK_environment_packages_environments_environment_key",
                        column: x => x.environment_key,
                        principalTable: "environments",
                        principalColumn: "key",
                        onDelete: ReferentialAction.Cascade);
                });

            migrationBuilder.CreateTable(
                name: "form_keys",
                columns: table => new
                {
                    name = table.Column<string>(type: "text", nullable: false),
                    xml = table.Column<string>(type: "text", nullable: false)
                },
                constraints: table =>
                {
                    table.PrimaryKey("PK_form_keys", x => x.name);
                });

            migrationBuilder.CreateTable(
                name: "grids",
                columns: table => new
                {
                    id = table.Column<string>(type: "text", nullable: false),
                    lock_digest = table.Column<string>(type: "text", nullable: false),
                    groups = table.Column<string>(type: "text", nullable: true),
                    checks = table.Column<string>(type: "text", nullable: true),
                    asked = table.Column<long>(type: "bigint", nullable: false)
                },
                constraints: table =>
                {
                    table.PrimaryKey("PK_grids", x => x.id);
                });

            migrationBuilder.CreateTable(
                name: "subscriptions",
                columns: table => new
                {
                    id = table.Column<string>(type: "text", nullable: false),
                    name = table.Column<string>(type: "text", nullable: false),
                    request = table.Column<string>(type: "text", nullable: false),
                    lock_digest = table.Column<string>(type: "text", nullable: false),
                    hours = table.Column<int>(type: "integer", nullable: false),
                    builds = table.Column<bool>(type: "boolean", nullable: false),
                    owner = table.Column<string>(type: "text", nullable: true),
                    made = table.Column<long>(type: "bigint", nullable: false)
                },
                constraints: table =>
                {
                    table.PrimaryKey("PK_subscriptions", x => x.id);
                });

            migrationBuilder.CreateTable(
                name: "grid_cells",
                columns: table => new
                {
                    grid_id = table.Column<string>(type: "text", nullable: false),
                    position = table.Column<int>(type: "integer", nullable: false),
                    platform = table.Column<string>(type: "text", nullable: false),
                    python = table.Column<string>(type: "text", nullable: false),
                    build_key = table.Column<string>(type: "text", nullable: true),
                    remark = table.Column<string>(type: "text", nullable: true)
                },
                constraints: table =>
                {
                    table.PrimaryKey("PK_grid_cells", x => new { x.grid_id, x.position });
                    table.ForeignKey(
                        name: "FK_grid_cells_grids_grid_id",
                        column: x => x.grid_id,
                        principalTable: "grids",
                        principalColumn: "id",
                        onDelete: ReferentialAction.Cascade);
                });

            migrationBuilder.CreateTable(
                name: "update_runs",
                columns: table => new
                {
                    subscription_id = table.Column<string>(type: "text", nullable: false),
                    number = table.Column<int>(type: "integer", nullable: false),
                    started = table.Column<long>(type: "bigint", nullable: false),
                    state = table.Column<int>(type: "integer", nullable: false),
                    before = table.Column<string>(type: "text", nullable: false),
                    after = table.Column<string>(type: "text", nullable: true),
                    grid_id = table.Column<string>(type: "text", nullable: true),
                    reason = table.Column<string>(type: "text", nullable: true)
                },
                constraints: table =>
                {
                    table.PrimaryKey("PK_update_runs", x => new { x.subscription_id, x.number });
                    table.ForeignKey(
                        name: "FK_update_runs_subscriptions_subscription_id",
                        column: x => x.subscription_id,
                        principalTable: "subscriptions",
                        principalColumn: "id",
                        onDelete: ReferentialAction.Cascade);
                });

            migrationBuilder.CreateIndex(
                name: "IX_environments_made",
                table: "environments",
                column: "made");

            migrationBuilder.CreateIndex(
                name: "IX_builds_changed",
                table: "builds",
                column: "changed");

            migrationBuilder.CreateIndex(
                name: "IX_environment_packages_name_sort_key",
                table: "environment_packages",
                columns: new[] { "name", "sort_key" });
        }

        /// <inheritdoc />
        protected override void Down(MigrationBuilder migrationBuilder)
        {
            migrationBuilder.DropTable(
                name: "environment_packages");

            migrationBuilder.DropTable(
                name: "form_keys");

            migrationBuilder.DropTable(
                name: "grid_cells");

            migrationBuilder.DropTable(
                name: "update_runs");

            migrationBuilder.DropTable(
                name: "grids");

            migrationBuilder.DropTable(
                name: "subscriptions");

            migrationBuilder.DropIndex(
                name: "IX_environments_made",
                table: "environments");

            migrationBuilder.DropIndex(
                name: "IX_builds_changed",
                table: "builds");

            migrationBuilder.DropColumn(
                name: "lock_digest",
                table: "environments");

            migrationBuilder.DropColumn(
                name: "packages",
                table: "environments");

            migrationBuilder.DropColumn(
                name: "platform",
                table: "environments");

            migrationBuilder.DropColumn(
                name: "python",
                table: "environments");

            migrationBuilder.DropColumn(
                name: "size",
                table: "environments");

            migrationBuilder.DropColumn(
                name: "checks",
                table: "builds");

            migrationBuilder.DropColumn(
                name: "environment_key",
                table: "builds");

            migrationBuilder.DropColumn(
                name: "findings",
                table: "builds");
        }
    }
}
