-- CreateIndex
CREATE UNIQUE INDEX "audit_events_one_end" ON "audit_events"("chat_id") WHERE (kind = 'CHAT_FINISHED'::"AuditKind");
